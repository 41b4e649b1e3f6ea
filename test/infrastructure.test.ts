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
}, 60_000);

/** Findings that stay, each as `rule resource` with the reason why it may. */
const ACCEPTED: Record<string, string> = {
  'AwsSolutions-APIG4 HttpApiRoutePostOrders':
    'The function itself checks the token, before anything else (lib/intake/authenticate.ts): an authorizer would answer without problem+json, and have to be given the same secret.',
  'AwsSolutions-APIG4 HttpApiRouteGetOrdersExternalidVar': 'As for POST /orders.',
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
  ]);
  const policySchema = z.object({
    Queues: z.tuple([z.object({ Ref: z.string() })]),
    PolicyDocument: z.object({
      Statement: z.array(
        z.strictObject({
          Sid: z.string(),
          Effect: z.literal('Deny'),
          Principal: z.literal('*'),
          Action: one(z.string()),
          Resource: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
          Condition: z
            .strictObject({
              Bool: z.record(z.string(), z.boolean()),
              ArnNotEquals: z.strictObject({ 'aws:PrincipalArn': one(principal) }).optional(),
            })
            .optional(),
        }),
      ),
    }),
  });

  /** Of each call, everyone who may make it on a queue; `undefined`: not restricted here. */
  function allowedOn(queue: string): Record<string, string[]> {
    const policies = Object.values(packaged.template.Resources)
      .filter(({ Type }) => Type === 'AWS::SQS::QueuePolicy')
      .map(({ Properties }) => policySchema.parse(Properties))
      .filter(({ Queues: [{ Ref }] }) => Ref === queue);
    // Two policies on one queue: CloudFormation lets the last one win.
    expect(policies).toHaveLength(1);
    const allowed: Record<string, string[]> = {};
    for (const { Action, Resource, Condition } of policies[0]?.PolicyDocument.Statement ?? []) {
      expect(Resource['Fn::GetAtt'][0]).toBe(queue);
      if (Condition?.Bool['aws:SecureTransport'] === false) continue;
      // Ours is all that there may be in a condition, else the statement would reach fewer than it seems to.
      if (Condition !== undefined) expect(Condition.Bool).toEqual({ 'aws:PrincipalIsAWSService': false });
      for (const action of Action) allowed[action] = Condition?.ArnNotEquals?.['aws:PrincipalArn'] ?? [];
    }
    return allowed;
  }

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

  test('on DeadLetterQueue is the roles and the named operator', () => {
    expect(allowedOn('DeadLetterQueue')).toEqual({
      'sqs:SendMessage': ['SyncOrdersRole', operator],
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

  test('is every role that has the right by its own policy, and no role that has not', () => {
    const roles = z.object({
      Policies: z.array(
        z.object({
          PolicyDocument: z.object({
            Statement: z.array(z.object({ Action: one(z.string()), Resource: z.unknown() })),
          }),
        }),
      ),
    });
    for (const queue of QUEUES) {
      const byRole = new Set<string>();
      for (const [id, { Type, Properties }] of Object.entries(packaged.template.Resources)) {
        if (Type !== 'AWS::IAM::Role') continue;
        for (const { PolicyDocument } of roles.parse(Properties).Policies) {
          for (const { Action, Resource } of PolicyDocument.Statement) {
            if (JSON.stringify(Resource) !== JSON.stringify({ 'Fn::GetAtt': [queue, 'Arn'] })) continue;
            for (const action of Action) byRole.add(`${id} ${action}`);
          }
        }
      }
      const byQueue = Object.entries(allowedOn(queue)).flatMap(([action, principals]) =>
        principals.filter((name) => name.endsWith('Role')).map((name) => `${name} ${action}`),
      );
      // What a queue does not restrict is no moving of messages.
      for (const right of byRole) if (right.endsWith(' sqs:GetQueueAttributes')) byRole.delete(right);
      expect(byQueue.sort()).toEqual([...byRole].sort());
    }
  });

  test('is no injector and no operator where none is named', () => {
    const { Conditions } = z.object({ Conditions: z.unknown() }).parse(JSON.parse(packaged.json));
    expect(Conditions).toEqual({
      HasInjector: { 'Fn::Not': [{ 'Fn::Equals': [INJECTOR, ''] }] },
      HasAlarmTopic: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] },
      HasOperator: { 'Fn::Not': [{ 'Fn::Equals': [OPERATOR, ''] }] },
    });
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
  ]);
});
