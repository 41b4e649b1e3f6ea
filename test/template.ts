/** The queues and the table of serverless.yml, with a visibility timeout that a test can wait for. */
export const testTemplate = ({ visibilitySeconds = 2, maxReceiveCount = 20 } = {}) => ({
  Resources: {
    OrdersQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'orders',
        VisibilityTimeout: visibilitySeconds,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] },
          maxReceiveCount,
        },
      },
    },
    DeadLetterQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'dead-letters', VisibilityTimeout: 1 },
    },
    Ledger: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'external_id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'external_id', KeyType: 'HASH' }],
      },
    },
  },
});
