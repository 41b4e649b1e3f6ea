import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import * as z from 'zod';
import { parseJson } from '../lib/order/parse-json.ts';

export interface SecretsOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** What it holds at first: values by name. */
  secrets: Record<string, string>;
  /** Gets one line for each call: action, name, status. Never a value. */
  log?: (line: string) => void;
}

/** A running stand-in for AWS Secrets Manager. */
export interface Secrets {
  /** The endpoint for the AWS SDK and CLI, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  get(name: string): string | undefined;
  /** A new value, or a new secret; either has a new `VersionId`. */
  set(name: string, value: string): void;
  /** How often `GetSecretValue` was asked, by name; refused and hanging calls included. */
  calls(): Readonly<Record<string, number>>;
  /** The same for one secret. */
  count(name: string): number;
  /** `unavailable`: answers 500. `hang`: never answers. `undefined`: works again. `_local` always works. */
  fail(mode: 'unavailable' | 'hang' | undefined): void;
  /** Ends at once, whatever is still open. */
  stop(): Promise<void>;
}

/** Starts a stand-in that knows GetSecretValue and PutSecretValue, and checks no signature. */
export async function startSecrets({
  port = 0,
  host = '127.0.0.1',
  secrets,
  log = () => {},
}: SecretsOptions): Promise<Secrets> {
  const versions = new Map<string, Version>();
  const counts = new Map<string, number>();
  let failure: 'unavailable' | 'hang' | undefined;

  const set = (name: string, value: string, id: string = randomUUID()) => {
    versions.set(name, { value, id, created: Date.now() / 1_000 });
    return id;
  };
  for (const [name, value] of Object.entries(secrets)) set(name, value);

  const actions = new Map<string, (body: unknown) => Answer>(
    Object.entries({
      'secretsmanager.GetSecretValue'(body) {
        const { SecretId: name } = getInput.parse(body);
        counts.set(name, (counts.get(name) ?? 0) + 1);
        const version = versions.get(name);
        if (failure) return { name, ...UNAVAILABLE };
        if (!version) return { name, ...NOT_FOUND };
        const { value: SecretString, id: VersionId, created: CreatedDate } = version;
        return { name, status: 200, body: { ...described(name, VersionId), SecretString, CreatedDate } };
      },
      'secretsmanager.PutSecretValue'(body) {
        const { SecretId: name, SecretString, ClientRequestToken } = putInput.parse(body);
        if (failure) return { name, ...UNAVAILABLE };
        // As AWS: a new secret needs another action, so that a slip in the name is noticed.
        if (!versions.has(name)) return { name, ...NOT_FOUND };
        return { name, status: 200, body: described(name, set(name, SecretString, ClientRequestToken)) };
      },
    }),
  );

  const app = fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: unknown) => body);
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof z.ZodError)) return reply.send(error);
    const body = { __type: 'InvalidParameterException', Message: z.prettifyError(error) };
    return reply.code(400).type(AMZ_JSON).send(amzJson(body));
  });

  app.post('/', (request, reply) => {
    const action = `${request.headers['x-amz-target']}`;
    const { name, status, body } = (actions.get(action) ?? unknownOperation)(request.body);
    log(`${action} ${name} ${failure === 'hang' ? 'hangs' : status}`);
    if (failure === 'hang') reply.hijack();
    else reply.code(status).type(AMZ_JSON).send(amzJson(body));
  });

  // For curl: `curl -X PUT …/_local/secrets/<name, URL-encoded> --data-raw <value>`; makes it if need be.
  app.put('/_local/secrets/:name', (request, reply) => {
    const { name } = z.object({ name: z.string() }).parse(request.params);
    set(name, z.string().parse(request.body));
    log(`set ${name}`);
    return reply.code(204).send();
  });

  const url = await app.listen({ port, host });
  return {
    url,
    port: Number(new URL(url).port),
    get: (name) => versions.get(name)?.value,
    set: (name, value) => void set(name, value),
    calls: () => Object.fromEntries(counts),
    count: (name) => counts.get(name) ?? 0,
    fail(mode) {
      failure = mode;
    },
    async stop() {
      await app.close();
    },
  };
}

interface Version {
  readonly value: string;
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

interface Answer {
  readonly name: string;
  readonly status: number;
  readonly body: object;
}

const AMZ_JSON = 'application/x-amz-json-1.1';
// As bytes: to a string, fastify would add a charset that AWS does not send.
const amzJson = (body: object) => Buffer.from(JSON.stringify(body));

const UNAVAILABLE = {
  status: 500,
  body: { __type: 'InternalServiceError', Message: 'An error occurred on the server side.' },
};
const NOT_FOUND = {
  status: 400,
  body: {
    __type: 'ResourceNotFoundException',
    Message: "Secrets Manager can't find the specified secret.",
  },
};
const unknownOperation = (): Answer => ({
  name: '',
  status: 400,
  body: {
    __type: 'UnknownOperationException',
    Message: 'Only GetSecretValue and PutSecretValue are played.',
  },
});

const ARN_PREFIX = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:';
// AWS adds a hyphen and six characters of its own to the name.
const ARN_SUFFIX = '-local1';
const described = (name: string, versionId: string) => ({
  ARN: `${ARN_PREFIX}${name}${ARN_SUFFIX}`,
  Name: name,
  VersionId: versionId,
  VersionStages: ['AWSCURRENT'],
});

const json = z.string().transform((text, context): unknown => {
  const value = parseJson(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'The body is not JSON' });
  return z.NEVER;
});
/** A name, or the ARN that was given out for it. */
const secretId = z
  .string()
  .transform((id) => (id.startsWith(ARN_PREFIX) ? id.slice(ARN_PREFIX.length, -ARN_SUFFIX.length) : id));
// Strict: a parameter that is not played (AWSPREVIOUS, binary values) is refused, not ignored.
const getInput = json.pipe(
  z.strictObject({ SecretId: secretId, VersionStage: z.literal('AWSCURRENT').optional() }),
);
const putInput = json.pipe(
  z.strictObject({ SecretId: secretId, SecretString: z.string(), ClientRequestToken: z.string().optional() }),
);
