/** The infrastructure as data: what `serverless package` makes of serverless.yml for a stage that is deployed. */
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { buildBundles } from '../bench/bundles.ts';
import { callbackWaitMs } from '../lib/callbacks/notify-submitter.ts';
import * as config from '../lib/config.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { timeToBegin, timeToCall } from '../lib/lambda/time-budget.ts';
import { type Packaged, packageService, type Resource } from './kit/packaged.ts';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageService('dev');
}, 180_000);

function resource(id: string): Resource {
  const found = packaged.template.Resources[id];
  if (found === undefined) throw new Error(`The template has no ${id}`);
  return found;
}
const ofType = (type: string) =>
  Object.entries(packaged.template.Resources).filter(([, { Type }]) => Type === type);
const getAtt = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const queueSchema = z.object({
  VisibilityTimeout: z.number().default(30),
  MessageRetentionPeriod: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number(), deadLetterTargetArn: z.unknown() }).optional(),
});
const queue = (id: string) => queueSchema.parse(resource(id).Properties);

/** A resource alone is made a list of one. */
const policySchema = z.object({
  Queues: z.array(z.object({ Ref: z.string() })),
  PolicyDocument: z.object({
    Statement: z.array(
      z.preprocess(
        // What is there under a condition as if it were there.
        (one) =>
          one instanceof Object && 'Fn::If' in one && Array.isArray(one['Fn::If']) ? one['Fn::If'][1] : one,
        z.looseObject({
          Sid: z.string(),
          Effect: z.string(),
          Resource: z.preprocess((one) => (Array.isArray(one) ? one : [one]), z.array(z.unknown())),
        }),
      ),
    ),
  }),
});

const functionSchema = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
});
const lambda = (id: string) => functionSchema.parse(resource(id).Properties);

/** The environment as the function sees it once CloudFormation has put something for each intrinsic. */
const environment = (id: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(lambda(id).Environment.Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : 'https://sqs.eu-central-1.amazonaws.com/123456789012/resolved',
    ]),
  );

describe.each([
  ['OrdersQueue', 'SyncOrdersLambdaFunction'],
  ['OutcomesQueue', 'NotifySubmitterLambdaFunction'],
])('the way from %s to its function', (queueId, functionId) => {
  test('reports single failures, in batches of ten, five at a time, and filters nothing', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping').filter(
      ([, { Properties }]) =>
        JSON.stringify(Properties['EventSourceArn']) === JSON.stringify(getAtt(queueId)),
    );
    expect(mappings.map(([, { Properties }]) => Properties)).toEqual([
      {
        BatchSize: 10,
        Enabled: true,
        EventSourceArn: getAtt(queueId),
        FunctionName: getAtt(functionId),
        // Without it everything is deleted, whatever the function says.
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 5 },
        // And no FilterCriteria, which would delete what does not match.
      },
    ]);
  });

  test('believes no record that the queue has not given out', () => {
    expect(lambda(functionId).Environment.Variables['PROVE_RECORDS']).toBe('true');
  });

  test('has no reserved concurrency on it, which throttles, and so burns receives', () => {
    expect(resource(functionId).Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('hides a message for six times as long as the function may take', () => {
    expect(queue(queueId).VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda(functionId).Timeout);
  });
});

describe('the way from the queue to syncOrders', () => {
  test('leaves the function time to begin, and to begin a second wave when every call of the first timed out', () => {
    const timeoutMs = lambda('SyncOrdersLambdaFunction').Timeout * 1000;
    const { CRM_TIMEOUT_MS } = config.readSyncOrdersConfig(environment('SyncOrdersLambdaFunction'));
    expect(timeoutMs).toBeGreaterThan(timeToBegin(CRM_TIMEOUT_MS));
    expect(timeoutMs - CRM_TIMEOUT_MS).toBeGreaterThan(timeToBegin(CRM_TIMEOUT_MS));
  });

  test('ends on the dead-letter queue after 20 receives: a net, far below which the ledger counts retries', () => {
    const { RedrivePolicy } = queue('OrdersQueue');
    const { MAX_RETRIES } = config.readSyncOrdersConfig(environment('SyncOrdersLambdaFunction'));
    expect(RedrivePolicy).toEqual({ maxReceiveCount: 20, deadLetterTargetArn: getAtt('DeadLetterQueue') });
    expect(MAX_RETRIES).toBe(3);
  });
});

describe('the way from the queue to notifySubmitter', () => {
  const settings = () => config.readNotifySubmitterConfig(environment('NotifySubmitterLambdaFunction'));
  const DAY_SECONDS = 24 * 60 * 60;

  test('leaves the function time to call, and to call again for the same order when the first call timed out', () => {
    const timeoutMs = lambda('NotifySubmitterLambdaFunction').Timeout * 1000;
    const { CALLBACK_TIMEOUT_MS } = settings();
    expect(timeoutMs - CALLBACK_TIMEOUT_MS).toBeGreaterThan(timeToCall(CALLBACK_TIMEOUT_MS));
  });

  test('ends on a dead-letter queue of its own after 26 receives, which the function knows', () => {
    const { RedrivePolicy } = queue('OutcomesQueue');
    expect(RedrivePolicy).toEqual({
      maxReceiveCount: 26,
      deadLetterTargetArn: getAtt('OutcomesDeadLetterQueue'),
    });
    expect(settings().CALLBACK_MAX_RECEIVES).toBe(RedrivePolicy?.maxReceiveCount);
  });

  test.each([
    ['in vain, takes more than three days and less than the queue keeps an outcome', 1],
    ['as long as chance can make it, takes less than the queue keeps an outcome', 1.5],
  ])('%s', (_what, chance) => {
    const { CALLBACK_RETRY_BASE_SECONDS, CALLBACK_RETRY_CAP_SECONDS, CALLBACK_MAX_RECEIVES } = settings();
    const backoff = {
      baseMs: CALLBACK_RETRY_BASE_SECONDS * 1000,
      capMs: CALLBACK_RETRY_CAP_SECONDS * 1000,
    };
    const waits = Array.from(
      { length: CALLBACK_MAX_RECEIVES },
      (_, i) => callbackWaitMs(i + 1, { backoff, random: () => (chance - 1) * 2 }) / 1000,
    );
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    // What follows the last receive is waited for as well, and then it goes.
    expect(sum(waits.slice(0, -1))).toBeGreaterThan(3 * DAY_SECONDS);
    const { MessageRetentionPeriod } = queue('OutcomesQueue');
    expect(sum(waits)).toBeLessThan(MessageRetentionPeriod);
    // Of an endpoint that has stopped each wait is the longest.
    expect(CALLBACK_MAX_RECEIVES * CALLBACK_RETRY_CAP_SECONDS).toBeLessThan(MessageRetentionPeriod);
    // Where SQS delivers at once, a receiver that is down for a moment is told within seconds.
    expect(waits[0]).toBeLessThanOrEqual(15);
  });
});

describe('the queues', () => {
  test('keep orders for 4 days, and dead letters for 14: those keep the time at which they were first sent', () => {
    expect(queue('OrdersQueue').MessageRetentionPeriod).toBe(4 * 24 * 60 * 60);
    expect(queue('DeadLetterQueue').MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
  });

  test('of outcomes keep their order, for a week, and those given up for as long as dead letters', () => {
    for (const id of ['OutcomesQueue', 'OutcomesDeadLetterQueue']) {
      expect(resource(id).Properties).toMatchObject({
        FifoQueue: true,
        QueueName: expect.stringMatching(/\.fifo$/),
      });
    }
    expect(queue('OutcomesQueue').MessageRetentionPeriod).toBe(7 * 24 * 60 * 60);
    expect(queue('OutcomesDeadLetterQueue').MessageRetentionPeriod).toBe(14 * 24 * 60 * 60);
    // One id is one event: what a body looks like does not make it another.
    expect(resource('OutcomesQueue').Properties).not.toHaveProperty('ContentBasedDeduplication');
  });

  test('outlive their stack, a new name and a failed update: what was accepted is on them', () => {
    for (const [id] of ofType('AWS::SQS::Queue')) {
      expect(resource(id)).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('take dead letters from the one queue that each is for', () => {
    const pairs = { DeadLetterQueue: 'OrdersQueue', OutcomesDeadLetterQueue: 'OutcomesQueue' };
    for (const [id, source] of Object.entries(pairs)) {
      const arn = `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${resource(source).Properties['QueueName']}`;
      expect(resource(id).Properties['RedriveAllowPolicy']).toEqual({
        redrivePermission: 'byQueue',
        sourceQueueArns: [{ 'Fn::Sub': arn }],
      });
    }
  });

  test('are encrypted, each of them', () => {
    const queues = ofType('AWS::SQS::Queue');
    expect(queues).toHaveLength(4);
    for (const [, { Properties }] of queues) expect(Properties).toMatchObject({ SqsManagedSseEnabled: true });
  });

  test('refuse every call that is not over TLS, each of them', () => {
    const policies = ofType('AWS::SQS::QueuePolicy').map(([, { Properties }]) =>
      policySchema.parse(Properties),
    );
    for (const [id] of ofType('AWS::SQS::Queue')) {
      const statements = policies
        .filter(({ Queues }) => Queues.some(({ Ref }) => Ref === id))
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect({ [id]: statements }).toEqual({
        [id]: expect.arrayContaining([
          expect.objectContaining({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sqs:*',
            Resource: expect.arrayContaining([getAtt(id)]),
            Condition: { Bool: { 'aws:SecureTransport': false } },
          }),
        ]),
      });
      // Nothing is allowed by the queue itself, but to the named injector: rights are in the roles.
      for (const { Sid, Effect } of statements) {
        expect(Effect).toBe(Sid === 'TheInjectorMaySend' ? 'Allow' : 'Deny');
      }
    }
  });
});

describe('the ledger', () => {
  test('is paid by use, restorable to any second, encrypted, and forgets by expires_at', () => {
    expect(resource('Ledger')).toMatchObject({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'external_id', KeyType: 'HASH' }],
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      },
    });
  });

  test('outlives its stack, and its replacement', () => {
    expect(resource('Ledger')).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

test('the list of stopped endpoints is paid by use, restorable and encrypted, and forgets only what has a date to be forgotten', () => {
  const { Properties } = resource('StoppedEndpoints');
  expect(Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'caller', KeyType: 'HASH' }],
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
  });
  // How an outcome was told has one; that an endpoint has stopped has none (test/lib/callbacks/stopped-endpoints.test.ts).
  expect(Properties).toMatchObject({
    TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
  });
});

describe('the rights', () => {
  const statementSchema = z.strictObject({
    Effect: z.literal('Allow'),
    Action: z.union([z.string().transform((action) => [action]), z.array(z.string())]),
    Resource: z.union([
      z
        .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
        .transform((of) => of['Fn::GetAtt'][0]),
      z.object({ 'Fn::Sub': z.string() }).transform((of) => of['Fn::Sub']),
    ]),
  });
  const roleSchema = z.object({
    AssumeRolePolicyDocument: z.unknown(),
    ManagedPolicyArns: z.never().optional(),
    Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(statementSchema) }) })),
  });

  /** As lines `action resource`, sorted. */
  const rightsOf = (roleId: string) =>
    roleSchema
      .parse(resource(roleId).Properties)
      .Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .flatMap(({ Action, Resource }) => Action.map((action) => `${action} ${Resource}`))
      .sort();

  /** As CloudFormation's `Sub` has it. */
  const index = (name: string) => `dynamodb:Query \${Ledger.Arn}/index/${name}`;
  const secret = (name: string) =>
    // AWS ends a secret's ARN with a hyphen and six characters of its own: the only wildcard there is.
    `secretsmanager:GetSecretValue arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:sitniks-orders/dev/${name}-??????`;
  const logs = (group: string) => [`logs:CreateLogStream ${group}`, `logs:PutLogEvents ${group}`];

  /** The table "Components" of the design. */
  const allowed: Record<string, string[]> = {
    AcceptOrderRole: [
      ...logs('AcceptOrderLogGroup'),
      'sqs:SendMessage OrdersQueue',
      'dynamodb:GetItem Ledger',
      'dynamodb:PutItem Ledger',
      secret('intake-tokens'),
    ],
    GetOrderRole: [...logs('GetOrderLogGroup'), 'dynamodb:GetItem Ledger', secret('intake-tokens')],
    SyncOrdersRole: [
      ...logs('SyncOrdersLogGroup'),
      'sqs:ReceiveMessage OrdersQueue',
      'sqs:DeleteMessage OrdersQueue',
      'sqs:ChangeMessageVisibility OrdersQueue',
      'sqs:GetQueueAttributes OrdersQueue',
      'sqs:SendMessage DeadLetterQueue',
      'sqs:SendMessage OutcomesQueue',
      'dynamodb:GetItem Ledger',
      'dynamodb:PutItem Ledger',
      secret('api-key'),
    ],
    NotifySubmitterRole: [
      ...logs('NotifySubmitterLogGroup'),
      'sqs:ReceiveMessage OutcomesQueue',
      'sqs:DeleteMessage OutcomesQueue',
      'sqs:ChangeMessageVisibility OutcomesQueue',
      'sqs:GetQueueAttributes OutcomesQueue',
      'dynamodb:GetItem StoppedEndpoints',
      'dynamodb:PutItem StoppedEndpoints',
      secret('callbacks'),
    ],
    TendDeadLettersRole: [
      ...logs('TendDeadLettersLogGroup'),
      'sqs:ReceiveMessage DeadLetterQueue',
      'sqs:DeleteMessage DeadLetterQueue',
      'sqs:ChangeMessageVisibility DeadLetterQueue',
      'sqs:SendMessage OrdersQueue',
      'sqs:SendMessage OutcomesQueue',
      'dynamodb:GetItem Ledger',
      'dynamodb:PutItem Ledger',
      index('by_phase'),
    ],
    ManagerPageRole: [
      ...logs('ManagerPageLogGroup'),
      'sqs:GetQueueAttributes DeadLetterQueue',
      'sqs:ReceiveMessage DeadLetterQueue',
      'sqs:DeleteMessage DeadLetterQueue',
      'sqs:ChangeMessageVisibility DeadLetterQueue',
      'sqs:SendMessage OrdersQueue',
      'dynamodb:GetItem Ledger',
      index('by_day'),
      index('by_phase'),
      secret('operators'),
    ],
    ProveDayRole: [
      ...logs('ProveDayLogGroup'),
      'dynamodb:GetItem Ledger',
      index('by_day'),
      'dynamodb:GetItem Proofs',
      'dynamodb:PutItem Proofs',
      secret('api-key'),
      secret('callbacks'),
    ],
    TellShopsRole: [
      ...logs('TellShopsLogGroup'),
      'dynamodb:GetItem Ledger',
      index('by_phase'),
      'dynamodb:GetItem ShopChats',
      'dynamodb:PutItem ShopChats',
      secret('callbacks'),
    ],
  };

  test('of each function are exactly those that the design gives it', () => {
    for (const [roleId] of ofType('AWS::IAM::Role')) {
      expect({ [roleId]: rightsOf(roleId) }).toEqual({ [roleId]: allowed[roleId]?.sort() });
    }
  });

  test('are in a role of its own for each function, which nobody but Lambda can take on', () => {
    const roles = ofType('AWS::Lambda::Function').map(([id]) => lambda(id).Role['Fn::GetAtt'][0]);
    expect(roles.toSorted()).toEqual(
      ofType('AWS::IAM::Role')
        .map(([id]) => id)
        .sort(),
    );
    for (const roleId of roles) {
      expect(roleSchema.parse(resource(roleId).Properties).AssumeRolePolicyDocument).toEqual({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      });
    }
  });

  test('are nowhere given by a wildcard, but for the end of a secret', () => {
    for (const [roleId] of ofType('AWS::IAM::Role')) {
      for (const right of rightsOf(roleId)) expect(right.replace(/-\?{6}$/, '')).not.toMatch(/[*?]/);
    }
  });
});

describe('each function', () => {
  test('runs on Node 24 on arm64', () => {
    const functions = ofType('AWS::Lambda::Function');
    expect(functions).toHaveLength(8);
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
  });

  test('and the API say which service and stage they are of', () => {
    const Tags = [
      { Key: 'service', Value: 'sitniks-orders' },
      { Key: 'stage', Value: 'dev' },
    ];
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Tags });
    }
    expect(resource('HttpApi').Properties).toMatchObject({
      Tags: { service: 'sitniks-orders', stage: 'dev' },
    });
  });

  test('has a log that is not kept for ever', () => {
    const kept = ofType('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    expect(kept.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(
      [
        '/aws/http-api/sitniks-orders-dev',
        ...ofType('AWS::Lambda::Function').map(([id]) => `/aws/lambda/${lambda(id).FunctionName}`),
      ].sort(),
    );
    for (const { RetentionInDays } of kept) expect(RetentionInDays).toBe(30);
  });

  test('is given settings that it takes, all of which it knows', () => {
    const readers = new Map<string, unknown>(Object.entries(config));
    for (const [id] of ofType('AWS::Lambda::Function')) {
      const read = readers.get(`read${id.replace('LambdaFunction', 'Config')}`);
      if (typeof read !== 'function') throw new Error(`No reader in lib/config.ts for ${id}`);
      const settings = environment(id);
      const known: unknown = read(settings);
      for (const name of Object.keys(settings)) expect(known).toHaveProperty([name]);
    }
  });

  test("is given settings that are the code's own defaults, where it has them", () => {
    const [orders, outcomes] = ['SyncOrdersLambdaFunction', 'NotifySubmitterLambdaFunction'].map(environment);
    const pick = (settings: Record<string, string> = {}, ...names: string[]) =>
      Object.fromEntries(names.map((name) => [name, settings[name]]));
    expect(config.readSyncOrdersConfig(orders)).toEqual(
      config.readSyncOrdersConfig(
        pick(
          orders,
          'ORDERS_QUEUE_URL',
          'DEAD_LETTER_QUEUE_URL',
          'OUTCOMES_QUEUE_URL',
          'LEDGER_TABLE',
          'SITNIKS_BASE_URL',
          'SITNIKS_API_KEY_SECRET',
          'PROVE_RECORDS',
        ),
      ),
    );
    expect(config.readNotifySubmitterConfig(outcomes)).toEqual(
      config.readNotifySubmitterConfig(
        pick(outcomes, 'OUTCOMES_QUEUE_URL', 'STOPPED_ENDPOINTS_TABLE', 'CALLBACKS_SECRET', 'PROVE_RECORDS'),
      ),
    );
    expect(orders?.['SITNIKS_BASE_URL']).toMatch(/^https:/);
    expect(orders?.['SITNIKS_API_KEY_SECRET']).toBe('sitniks-orders/dev/api-key');
    expect(outcomes?.['CALLBACKS_SECRET']).toBe('sitniks-orders/dev/callbacks');
  });

  test('has the memory that docs/figures.md gives for it: more where somebody waits for it to compute', () => {
    const sizes = ofType('AWS::Lambda::Function').map(([id]) => [
      id.replace('LambdaFunction', ''),
      lambda(id).MemorySize,
    ]);
    expect(Object.fromEntries(sizes)).toEqual({
      AcceptOrder: 1769,
      GetOrder: 1769,
      ManagerPage: 1024,
      SyncOrders: 512,
      NotifySubmitter: 512,
      TendDeadLetters: 512,
      TellShops: 512,
      ProveDay: 256,
    });
  });

  test('of the API answers within the 30 s of API Gateway, however long AWS lets it wait', () => {
    const { maxAttempts, requestHandler } = AWS_CLIENT_OPTIONS;
    // Ledger, queue, ledger: the most calls that one request makes, each as slow as it may be.
    const slowestMs = 3 * maxAttempts * requestHandler.requestTimeout;
    expect(lambda('AcceptOrderLambdaFunction').Timeout * 1000).toBeGreaterThan(slowestMs);
    for (const id of ['AcceptOrderLambdaFunction', 'GetOrderLambdaFunction']) {
      expect(lambda(id).Timeout).toBeLessThan(30);
    }
  });

  test('is deployed as one file, the very bundle that the bench measures', async () => {
    const bundles = await buildBundles();
    expect(bundles).toHaveLength(ofType('AWS::Lambda::Function').length);
    for (const { name, bytes } of bundles) {
      const { Handler } = functionSchema.parse(
        resource(`${name[0]?.toUpperCase()}${name.slice(1)}LambdaFunction`).Properties,
      );
      expect(packaged.zips[name]).toEqual([{ name: Handler.replace(/\.handler$/, '.cjs'), bytes }]);
    }
  });
});

describe('the API', () => {
  test('is throttled', () => {
    const [stage, ...others] = ofType('AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties);
    expect(others).toEqual([]);
    expect(stage).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
  });

  test('has the routes of orders and of the page, and no catch-all', () => {
    const routes = ofType('AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties['RouteKey']);
    expect(routes.sort()).toEqual([
      'GET /manager',
      'GET /manager/api/orders/{external_id}',
      'GET /manager/api/orders/{external_id}/draft',
      'GET /manager/api/overview',
      'GET /manager/{file}',
      'GET /orders/{external_id}',
      'POST /manager/api/orders/{external_id}/send',
      'POST /orders',
      'PUT /orders/{external_id}/status',
    ]);
  });

  test('hands events on in the form that the functions read', () => {
    for (const [, { Properties }] of ofType('AWS::ApiGatewayV2::Integration')) {
      expect(Properties).toMatchObject({ PayloadFormatVersion: '2.0' });
    }
  });
});
