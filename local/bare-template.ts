const index = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
});

/** The queues and tables of serverless.yml, bare of what makes no difference on this machine, with a visibility timeout that a test can wait for. */
export const bareTemplate = ({ visibilitySeconds = 2, maxReceiveCount = 20 } = {}) => ({
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
    OutcomesQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'outcomes.fifo',
        FifoQueue: true,
        VisibilityTimeout: 2,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['OutcomesDeadLetterQueue', 'Arn'] },
          maxReceiveCount: 14,
        },
      },
    },
    OutcomesDeadLetterQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'outcomes-dead-letters.fifo', FifoQueue: true },
    },
    StoppedEndpoints: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'caller', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'caller', KeyType: 'HASH' }],
      },
    },
    ShopChats: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'caller', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'caller', KeyType: 'HASH' }],
      },
    },
    Proofs: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'day', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
      },
    },
    Ledger: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: ['external_id', 'day', 'accepted_at', 'phase', 'since'].map(
          (AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          }),
        ),
        KeySchema: [{ AttributeName: 'external_id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [index('by_day', 'day', 'accepted_at'), index('by_phase', 'phase', 'since')],
      },
    },
  },
});
