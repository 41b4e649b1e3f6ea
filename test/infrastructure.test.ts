/** The compiled template through cdk-nag's AwsSolutions rules, and who may move messages (test/template.test.ts has the rest). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type Packaged, packageService } from './kit/packaged.ts';

const INJECTOR = 'arn:aws:iam::111122223333:role/shop-bot';
const OPERATOR = 'arn:aws:iam::111122223333:role/oncall';

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageService('dev', { injectorArn: INJECTOR, operatorArn: OPERATOR });
}, 180_000);

/** Findings that stay, each as `rule resource` with the reason why it may. */
const ACCEPTED: Record<string, string> = {
  'AwsSolutions-APIG4 HttpApiRoutePostOrders':
    'The function itself checks the token, before anything else (lib/intake/authenticate.ts): an authorizer would answer without problem+json, and have to be given the same secret.',
  'AwsSolutions-APIG4 HttpApiRouteGetOrdersExternalidVar': 'As for POST /orders.',
  'AwsSolutions-APIG4 HttpApiRoutePutOrdersExternalidVarStatus': 'As for POST /orders.',
  'AwsSolutions-APIG4 HttpApiRouteGetManager':
    'The page itself says nothing of any order, and asks for a token: it is for anybody.',
  'AwsSolutions-APIG4 HttpApiRouteGetManagerFileVar': 'As for GET /manager.',
  'AwsSolutions-APIG4 HttpApiRouteGetManagerApiOverview':
    'As for POST /orders, with the tokens of operators.',
  'AwsSolutions-APIG4 HttpApiRouteGetManagerApiOrdersExternalidVar': 'As for GET /manager/api/overview.',
  'AwsSolutions-APIG4 HttpApiRouteGetManagerApiOrdersExternalidVarDraft': 'As for GET /manager/api/overview.',
  'AwsSolutions-APIG4 HttpApiRoutePostManagerApiOrdersExternalidVarSend': 'As for GET /manager/api/overview.',
  'AwsSolutions-S1 ServerlessDeploymentBucket':
    "The framework's bucket for deployments: it holds our bundles and templates, no data, and nobody but who deploys has a right to it.",
};

describe('AwsSolutions', () => {
  test('finds nothing that is not accepted with a reason, and nothing is accepted that it does not find', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nag-'));
    try {
      const templateFile = join(folder, 'template.json');
      await writeFile(templateFile, packaged.json);
      const stack = new Stack(new App({ outdir: join(folder, 'out') }), 'Relay');
      const included = new CfnInclude(stack, 'Template', { templateFile });
      const names = new Map(
        Object.keys(packaged.template.Resources).map((id) => [included.getResource(id).node.path, id]),
      );
      const { violations } = new AwsSolutionsChecks().validateScope(stack);
      const findings = violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath = '' }) => `${ruleName} ${names.get(constructPath)}`),
      );
      expect(findings.sort()).toEqual(Object.keys(ACCEPTED).sort());
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('what moves messages', () => {
  const one = <T extends z.ZodType>(schema: T) =>
    z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(schema));
  const principal = z.union([
    z
      .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
      .transform((of) => of['Fn::GetAtt'][0]),
    z
      .object({ 'Fn::If': z.tuple([z.string(), z.string(), z.object({ Ref: z.literal('AWS::NoValue') })]) })
      .transform((of) => `${of['Fn::If'][1]} if ${of['Fn::If'][0]}`),
    // By name, where a table and a role name each other.
    z
      .object({ 'Fn::Sub': z.string() })
      .transform((of) => roleNamed(of['Fn::Sub'].replace(/^arn:.*:role\//, ''))),
  ]);
  const roleNamed = (name: string): string =>
    Object.entries(packaged.template.Resources).find(
      ([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && Properties['RoleName'] === name,
    )?.[0] ?? `no role ${name}`;
  /** `*` by condition: a Deny for everybody but those in `ArnNotEquals`. */
  const denySchema = z.strictObject({
    Sid: z.string(),
    Effect: z.literal('Deny'),
    Principal: z.literal('*'),
    Action: one(z.string()),
    Resource: z.union([
      z.literal('*'),
      z
        .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
        .transform((of) => of['Fn::GetAtt'][0]),
    ]),
    Condition: z
      .union([
        z.strictObject({ Bool: z.strictObject({ 'aws:SecureTransport': z.literal(false) }) }),
        // Nothing else, or the statement would reach fewer than it seems to. And IfExists: a request that does not say
        // whether it is a service's is nobody's exception.
        z.strictObject({
          BoolIfExists: z.strictObject({ 'aws:PrincipalIsAWSService': z.literal(false) }),
          ArnNotEquals: z.strictObject({ 'aws:PrincipalArn': one(principal) }).optional(),
        }),
      ])
      .optional(),
  });
  type Deny = z.output<typeof denySchema>;
  const injectorMaySend = {
    'Fn::If': [
      'HasInjector',
      {
        Sid: 'TheInjectorMaySend',
        Effect: 'Allow',
        Principal: { AWS: INJECTOR },
        Action: ['sqs:SendMessage', 'sqs:GetQueueUrl'],
        Resource: { 'Fn::GetAtt': ['OrdersQueue', 'Arn'] },
      },
      { Ref: 'AWS::NoValue' },
    ],
  };
  const documentSchema = z.object({ Statement: z.array(z.unknown()) });
  const policySchema = z.object({
    Queues: z.tuple([z.object({ Ref: z.string() })]),
    PolicyDocument: documentSchema,
  });

  const isAllow = (statement: unknown) => JSON.stringify(statement) === JSON.stringify(injectorMaySend);
  function statementsOn(queue: string): unknown[] {
    const policies = Object.values(packaged.template.Resources)
      .filter(({ Type }) => Type === 'AWS::SQS::QueuePolicy')
      .map(({ Properties }) => policySchema.parse(Properties))
      .filter(({ Queues: [{ Ref }] }) => Ref === queue);
    // Two policies on one queue: CloudFormation lets the last one win.
    expect(policies).toHaveLength(1);
    return policies[0]?.PolicyDocument.Statement ?? [];
  }

  /** Of each call, everyone who is not denied it; a call that is not named is not restricted here. */
  function notDenied(statements: readonly Deny[], on: string): Record<string, string[]> {
    const allowed: Record<string, string[]> = {};
    for (const { Action, Resource, Condition } of statements) {
      expect(Resource).toBe(on);
      if (Condition !== undefined && 'Bool' in Condition) continue;
      for (const action of Action) allowed[action] = Condition?.ArnNotEquals?.['aws:PrincipalArn'] ?? [];
    }
    return allowed;
  }
  const allowedOn = (queue: string) =>
    notDenied(
      statementsOn(queue)
        .filter((statement) => !isAllow(statement))
        .map((statement) => denySchema.parse(statement)),
      queue,
    );

  const QUEUES = ['OrdersQueue', 'DeadLetterQueue', 'OutcomesQueue', 'OutcomesDeadLetterQueue'];

  const injector = `${INJECTOR} if HasInjector`;
  const operator = `${OPERATOR} if HasOperator`;

  test('on OrdersQueue is the roles, the named injector and the named operator', () => {
    expect(allowedOn('OrdersQueue')).toEqual({
      'sqs:SendMessage': ['AcceptOrderRole', 'TendDeadLettersRole', 'ManagerPageRole', injector, operator],
      'sqs:ReceiveMessage': ['SyncOrdersRole'],
      'sqs:DeleteMessage': ['SyncOrdersRole'],
      'sqs:ChangeMessageVisibility': ['SyncOrdersRole'],
      'sqs:PurgeQueue': [],
    });
  });

  test('on DeadLetterQueue is the roles, and the named operator, who puts nothing there', () => {
    expect(allowedOn('DeadLetterQueue')).toEqual({
      'sqs:SendMessage': ['SyncOrdersRole'],
      'sqs:ReceiveMessage': ['TendDeadLettersRole', 'ManagerPageRole', operator],
      'sqs:DeleteMessage': ['TendDeadLettersRole', 'ManagerPageRole', operator],
      'sqs:ChangeMessageVisibility': ['TendDeadLettersRole', 'ManagerPageRole', operator],
      'sqs:PurgeQueue': [],
    });
  });

  test('on OutcomesQueue is the three roles, and the named operator, who moves them back from the dead-letter queue', () => {
    expect(allowedOn('OutcomesQueue')).toEqual({
      'sqs:SendMessage': ['SyncOrdersRole', 'TendDeadLettersRole', operator],
      'sqs:ReceiveMessage': ['NotifySubmitterRole'],
      'sqs:DeleteMessage': ['NotifySubmitterRole'],
      'sqs:ChangeMessageVisibility': ['NotifySubmitterRole'],
      'sqs:PurgeQueue': [],
    });
  });

  test('on OutcomesDeadLetterQueue is nobody who sends; receiving is not restricted, for nothing in it is personal', () => {
    expect(allowedOn('OutcomesDeadLetterQueue')).toEqual({ 'sqs:SendMessage': [], 'sqs:PurgeQueue': [] });
  });

  const rolesSchema = z.object({
    Policies: z.array(
      z.object({
        PolicyDocument: z.object({
          Statement: z.array(z.object({ Action: one(z.string()), Resource: z.unknown() })),
        }),
      }),
    ),
  });
  /** As `role action`: what roles may do by policies of their own on a resource whose ARN names this. */
  const rightsOn = (named: string): string[] =>
    Object.entries(packaged.template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .flatMap(([id, { Properties }]) =>
        rolesSchema
          .parse(Properties)
          .Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
          .filter(({ Resource }) =>
            named.startsWith('secret:')
              ? JSON.stringify(Resource).includes(named)
              : JSON.stringify(Resource).includes(`"${named}"`) ||
                JSON.stringify(Resource).includes(`\${${named}.`),
          )
          .flatMap(({ Action }) => Action.map((action) => `${id} ${action}`)),
      );
  const rolesThatMay = (action: RegExp, named: string): string[] => [
    ...new Set(
      rightsOn(named)
        .map((right) => right.split(' '))
        .filter(([, of = '']) => action.test(of))
        .map(([id = '']) => id),
    ),
  ];

  test('is every role that has the right by its own policy, and no role that has not', () => {
    for (const queue of QUEUES) {
      const byQueue = Object.entries(allowedOn(queue)).flatMap(([action, principals]) =>
        principals.filter((name) => name.endsWith('Role')).map((name) => `${name} ${action}`),
      );
      // What a queue does not restrict is no moving of messages.
      const byRole = rightsOn(queue).filter((right) => !right.endsWith(' sqs:GetQueueAttributes'));
      expect(byQueue.sort()).toEqual(byRole.sort());
    }
  });

  test('is allowed by a queue itself to the named injector alone, which needs no policy of its own', () => {
    for (const queue of QUEUES) {
      expect(statementsOn(queue).filter(isAllow)).toHaveLength(queue === 'OrdersQueue' ? 1 : 0);
    }
  });

  test('is no injector and no operator where none is named', () => {
    const { Conditions } = z.object({ Conditions: z.unknown() }).parse(JSON.parse(packaged.json));
    expect(Conditions).toEqual({
      HasInjector: { 'Fn::Not': [{ 'Fn::Equals': [INJECTOR, ''] }] },
      HasAlarmEmail: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] },
      HasOperator: { 'Fn::Not': [{ 'Fn::Equals': [OPERATOR, ''] }] },
    });
  });

  /** What a table or a secret keeps for those that it names, whatever other policies allow. */
  const keptOn = (document: unknown) =>
    notDenied(
      documentSchema.parse(document).Statement.map((statement) => denySchema.parse(statement)),
      '*',
    );
  const tablePolicy = (id: string) =>
    keptOn(
      z
        .object({ ResourcePolicy: z.object({ PolicyDocument: z.unknown() }) })
        .parse(packaged.template.Resources[id]?.Properties).ResourcePolicy.PolicyDocument,
    );
  const forAll = (actions: readonly string[], who: readonly string[]) =>
    Object.fromEntries(actions.map((action) => [`dynamodb:${action}`, who]));
  const READING = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'PartiQLSelect'];
  const WRITING = [
    ...['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'],
    ...['PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
  ];

  test('or reads and writes the ledger, is the roles that have the right, and the named operator', () => {
    const readers = rolesThatMay(/^dynamodb:(Get|BatchGet|Query|Scan)/, 'Ledger');
    const writers = rolesThatMay(/^dynamodb:(Put|Update|Delete|BatchWrite)/, 'Ledger');
    expect(readers).toContain('GetOrderRole');
    expect(tablePolicy('Ledger')).toEqual({
      ...forAll(READING, [...readers, operator]),
      ...forAll(WRITING, [...writers, operator]),
    });
  });

  test('or silences an endpoint, is the notifier', () => {
    const writers = rolesThatMay(/^dynamodb:(Put|Update|Delete|BatchWrite)/, 'StoppedEndpoints');
    expect(writers).toEqual(['NotifySubmitterRole']);
    expect(tablePolicy('StoppedEndpoints')).toEqual(forAll(WRITING, writers));
  });

  test('or reads or writes which chat is which shop, is who tells them', () => {
    const readers = rolesThatMay(/^dynamodb:(Get|BatchGet|Query|Scan)/, 'ShopChats');
    const writers = rolesThatMay(/^dynamodb:(Put|Update|Delete|BatchWrite)/, 'ShopChats');
    expect(tablePolicy('ShopChats')).toEqual({ ...forAll(READING, readers), ...forAll(WRITING, writers) });
    expect(writers).toEqual(['TellShopsRole']);
  });

  test('or has a day proven, is who proves', () => {
    const writers = rolesThatMay(/^dynamodb:(Put|Update|Delete|BatchWrite)/, 'Proofs');
    expect(writers).toEqual(['ProveDayRole']);
    expect(tablePolicy('Proofs')).toEqual(forAll(WRITING, writers));
  });

  test('is never who proves, who only reads orders', () => {
    const rights = ['Ledger', ...QUEUES]
      .flatMap(rightsOn)
      .filter((right) => right.startsWith('ProveDayRole'));
    expect(rights).toEqual(['ProveDayRole dynamodb:GetItem', 'ProveDayRole dynamodb:Query']);
  });

  test.each([
    ['ApiKeyPolicy', 'api-key', ['SyncOrdersRole', 'ProveDayRole']],
    ['IntakeTokensPolicy', 'intake-tokens', ['AcceptOrderRole', 'GetOrderRole']],
    ['CallbacksPolicy', 'callbacks', ['NotifySubmitterRole', 'TellShopsRole', 'ProveDayRole']],
    ['OperatorsPolicy', 'operators', ['ManagerPageRole']],
  ])('or reads a secret, is who %s names, and the named operator', (id, secret, roles) => {
    const { SecretId, BlockPublicPolicy, ResourcePolicy } = z
      .strictObject({ SecretId: z.string(), BlockPublicPolicy: z.boolean(), ResourcePolicy: z.unknown() })
      .parse(packaged.template.Resources[id]?.Properties);
    expect({ SecretId, BlockPublicPolicy }).toEqual({
      SecretId: `sitniks-orders/dev/${secret}`,
      BlockPublicPolicy: true,
    });
    expect(rolesThatMay(/^secretsmanager:/, `secret:${SecretId}-`)).toEqual(roles);
    expect(keptOn(ResourcePolicy)).toEqual({ 'secretsmanager:GetSecretValue': [...roles, operator] });
  });

  test('leaves whoever deploys the management of the queues', () => {
    const managing = /^sqs:(Set|Get|List|Create|Delete|Add|Remove|Tag|Untag)(Queue|Permission|Tags)/;
    for (const queue of QUEUES) {
      for (const action of Object.keys(allowedOn(queue))) expect(action).not.toMatch(managing);
    }
  });
});

test("what the API logs of a request names no order, no path and no caller's address", () => {
  const [stage] = Object.values(packaged.template.Resources).filter(
    ({ Type }) => Type === 'AWS::ApiGatewayV2::Stage',
  );
  const { Format } = z.object({ Format: z.string() }).parse(stage?.Properties['AccessLogSettings']);
  expect(Format.match(/\$context\.[\w.]+/g)).toEqual([
    '$context.requestId',
    '$context.routeKey',
    '$context.status',
    '$context.protocol',
    '$context.responseLatency',
    '$context.responseLength',
    '$context.error.responseType',
    '$context.integrationStatus',
    '$context.integrationErrorMessage',
  ]);
});
