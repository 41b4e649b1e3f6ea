import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import * as z from 'zod';
import { readServiceFile } from '../local/service-file.ts';
import { pagePlugin } from '../page/bundle.ts';

/** What each function's bundle may have at most: what it has, and a little room. A cold start reads all of it. */
export const BUDGETS: ReadonlyMap<string, number> = new Map([
  ['acceptOrder', 550_000],
  ['getOrder', 365_000],
  ['managerPage', 580_000],
  ['syncOrders', 545_000],
  ['notifySubmitter', 395_000],
  ['tendDeadLetters', 470_000],
  ['tellShops', 370_000],
  ['proveDay', 505_000],
]);

export interface Bundle {
  /** As in serverless.yml; of {@link emptyBundle}, `(empty)`. */
  name: string;
  bytes: number;
  /** What is inside: packages by what they have in the bundle, largest first; `lib` is our own. */
  packages: { name: string; bytes: number }[];
  /** Files of ours that are in it, by what they have in the bundle. */
  files: { path: string; bytes: number }[];
  /** The CommonJS module itself. */
  code: Uint8Array;
  /** Dummy values for the settings that the function reads when it is loaded. */
  environment: Record<string, string>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// Strict: an option that nobody has thought of here would make another bundle than the deployed one.
const esbuildSchema = z
  .strictObject({
    bundle: z.boolean(),
    minify: z.boolean(),
    target: z.string(),
    format: z.enum(['cjs', 'esm']),
    charset: z.enum(['ascii', 'utf8']),
    mainFields: z.array(z.string()),
    alias: z.record(z.string(), z.string()).default({}),
    outputFileExtension: z.enum(['.cjs', '.mjs', '.js']),
    exclude: z.array(z.string()),
    /** The file with esbuild's plugins. */
    plugins: z.literal('page/bundle.ts'),
    /** Of serverless-esbuild, and no matter of the bundle. */
    watch: z.unknown(),
    outputWorkFolder: z.string(),
  })
  .transform(
    ({ outputFileExtension, exclude, watch: _, outputWorkFolder: _folder, plugins: __, ...options }) => ({
      ...options,
      plugins: [pagePlugin],
      // As serverless-esbuild hands them on, with its own default platform.
      platform: 'node' as const,
      external: exclude,
      outExtension: { '.js': outputFileExtension },
    }),
  );

const serviceSchema = z.object({
  params: z.object({ default: z.record(z.string(), z.unknown()) }),
  functions: z.record(
    z.string(),
    z.object({ handler: z.string(), environment: z.record(z.string(), z.unknown()).default({}) }),
  ),
  custom: z.object({ esbuild: esbuildSchema }),
});
type Service = z.output<typeof serviceSchema>;

const readService = async (): Promise<Service> => serviceSchema.parse(await readServiceFile());

/** The bundles of all functions of serverless.yml, or of those named, as `serverless package` makes them with these parameters. */
export async function buildBundles(
  names?: readonly string[],
  changed: Record<string, unknown> = {},
): Promise<Bundle[]> {
  const { functions, custom, params } = await readService();
  const settings = { ...params.default, ...changed };
  const wanted = Object.entries(functions).filter(([name]) => names === undefined || names.includes(name));
  return Promise.all(
    wanted.map(async ([name, { handler, environment }]) => {
      const file = handler.replace(/\$\{param:(\w+)\}/g, (_all, name) => String(settings[name]));
      const entry = { entryPoints: [file.replace(/\.\w+$/, '.ts')] };
      return {
        name,
        ...(await bundle(custom.esbuild, entry)),
        environment: dummies(environment, settings),
      };
    }),
  );
}

/** A handler with nothing in it, made by the same options: what Node itself needs to load a file. */
export async function emptyBundle(): Promise<Bundle> {
  const { custom } = await readService();
  const entry = { stdin: { contents: 'export const handler = async () => {};', resolveDir: ROOT } };
  return { name: '(empty)', ...(await bundle(custom.esbuild, entry)), environment: {} };
}

/** With the plainest call that our functions make. */
const CLIENTS = [
  {
    from: '@aws-sdk/client-dynamodb',
    client: 'DynamoDBClient',
    command: 'GetItemCommand',
    input: "{ TableName: process.env.LEDGER_TABLE, Key: { external_id: { S: 'none' } } }",
  },
  {
    from: '@aws-sdk/client-secrets-manager',
    client: 'SecretsManagerClient',
    command: 'GetSecretValueCommand',
    input: '{ SecretId: process.env.INTAKE_TOKENS_SECRET }',
  },
  {
    from: '@aws-sdk/client-sqs',
    client: 'SQSClient',
    command: 'SendMessageCommand',
    input: "{ QueueUrl: process.env.DEAD_LETTER_QUEUE_URL, MessageBody: 'none' }",
  },
] as const;

const clientsIn = ({ packages }: Pick<Bundle, 'packages'>) =>
  CLIENTS.filter(({ from }) => packages.some((inside) => inside.name === from));

/** A handler with nothing in it beside the SDK's clients that a function has: what no code of ours could do without. */
export async function clientsBundle(of: Pick<Bundle, 'packages'>): Promise<Bundle> {
  const { custom } = await readService();
  const clients = clientsIn(of);
  const contents = `
    ${clients.map(({ from, client }) => `import { ${client} } from '${from}';`).join('\n')}
    import { AWS_CLIENT_OPTIONS } from './lib/lambda/aws.ts';
    const clients = [${clients.map(({ client }) => `new ${client}(AWS_CLIENT_OPTIONS)`).join(', ')}];
    export const handler = async () => clients.length;`;
  const entry = { stdin: { contents, resolveDir: ROOT } };
  const name = `(${clients.map(({ client }) => client.replace(/Client$/, '')).join(', ')})`;
  return { name, ...(await bundle(custom.esbuild, entry)), environment: {} };
}

/** The same, whose handler makes one call with each client, one after another: what no first invocation could do without. */
export async function callsBundle(of: Pick<Bundle, 'packages'>): Promise<Bundle> {
  const { custom } = await readService();
  const clients = clientsIn(of);
  const contents = `
    ${clients.map(({ from, client, command }) => `import { ${client}, ${command} } from '${from}';`).join('\n')}
    import { AWS_CLIENT_OPTIONS } from './lib/lambda/aws.ts';
    const calls = [${clients.map(({ client, command, input }) => `[new ${client}(AWS_CLIENT_OPTIONS), () => new ${command}(${input})]`).join(', ')}];
    export const handler = async () => { for (const [client, command] of calls) await client.send(command()); };`;
  const entry = { stdin: { contents, resolveDir: ROOT } };
  const name = `(a call with each of ${clients.map(({ client }) => client.replace(/Client$/, '')).join(', ')})`;
  return { name, ...(await bundle(custom.esbuild, entry)), environment: {} };
}

async function bundle(
  options: BuildOptions,
  entry: BuildOptions,
): Promise<Pick<Bundle, 'bytes' | 'packages' | 'files' | 'code'>> {
  const { outputFiles, metafile } = await build({
    ...options,
    ...entry,
    absWorkingDir: ROOT,
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (file === undefined || output === undefined) throw new Error('esbuild made no file');

  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = packageOf(path);
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  const packages = [...bytes]
    .map(([name, size]) => ({ name, bytes: size }))
    .sort((a, b) => b.bytes - a.bytes);
  const files = Object.entries(output.inputs)
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .filter(({ path, bytes }) => packageOf(path) === 'lib' && bytes > 0);
  return { bytes: file.contents.byteLength, packages, files, code: file.contents };
}

/** The innermost package of a path: of two versions, the one that is really there. */
const packageOf = (path: string): string => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'lib';

/** Parameters as they stand, and for what CloudFormation fills in a URL, which passes for any text. */
function dummies(
  environment: Record<string, unknown>,
  params: Record<string, unknown>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const param = /^\$\{param:(\w+)/.exec(String(value))?.[1];
      return [name, param === undefined ? 'https://sqs.example.com/queue' : String(params[param])];
    }),
  );
}
