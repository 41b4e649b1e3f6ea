import { type Ports, readPorts } from '../../local/ports.ts';
import type { Relay } from './connect.ts';

/** Commands as they are typed in the shell from which this one was, with the stage and region in them. */
export interface Paste {
  /** Another of these: `show 1042`. */
  orders(command: string): string;
  /** Writes a key that it asks for; it is neither shown nor kept in the shell's history. */
  writeKey(secretId: string): string;
  /** Opens a secret in an editor, and writes it back. */
  editSecret(secretId: string): string;
  /** Writes a secret anew as it is: whatever had stopped because of it is tried again. */
  touchSecret(secretId: string): string;
  /** What a function has logged of late. */
  log(functionName: string): string;
  deploy(): string;
  /** Asks whether Sitniks answers at all, without the key. */
  ask(url: string): string;
}

export const pasteFor = ({ stage, region }: Pick<Relay, 'stage' | 'region'>): Paste =>
  stage === 'local' ? local(readPorts()) : deployed(stage, region);

/** On this machine whatever is wrong was done on purpose, and one command undoes it. */
function local(ports: Ports): Paste {
  const set = Object.entries(ports)
    .filter(([name, port]) =>
      Object.entries(readPorts({})).every(([one, usual]) => one !== name || port !== usual),
    )
    .map(([name, port]) => `${name}=${port} `)
    .join('');
  const restore = () => `${set}npm run sandbox -- restore`;
  return {
    orders: (command) => `${set}npm run orders -- ${command}`,
    writeKey: restore,
    editSecret: restore,
    touchSecret: restore,
    log: () => `${set}npm run sandbox -- callbacks`,
    deploy: () => `${set}npm start`,
    ask: restore,
  };
}

function deployed(stage: string, region: string): Paste {
  const aws = (command: string) => `aws ${command} --region ${region}`;
  const put = (id: string) =>
    aws(`secretsmanager put-secret-value --secret-id ${id} --secret-string "file://$f"`);
  const create = (id: string) => aws(`secretsmanager create-secret --name ${id} --secret-string "file://$f"`);
  const get = (id: string) =>
    `${aws(`secretsmanager get-secret-value --secret-id ${id} --query SecretString --output text`)} > "$f"`;
  // In a shell of its own, whose file nobody else can read, and which is gone in any case.
  const withFile = (steps: string) => `(umask 077; f=$(mktemp); trap 'rm -f "$f"' EXIT; ${steps})`;
  return {
    orders: (command) => `npm run orders -- ${command} --stage ${stage} --region ${region}`,
    writeKey: (id) =>
      withFile(
        `printf 'key: '; stty -echo; read -r k; stty echo; printf %s "$k" > "$f"; ${put(id)} || ${create(id)}`,
      ),
    editSecret: (id) => withFile(`${get(id)}; \${EDITOR:-vi} "$f"; ${put(id)} || ${create(id)}`),
    touchSecret: (id) => withFile(`${get(id)} && ${put(id)}`),
    log: (functionName) => aws(`logs tail /aws/lambda/sitniks-orders-${stage}-${functionName} --since 1h`),
    deploy: () => `npx serverless deploy --stage ${stage} --region ${region}`,
    ask: (url) => `curl -sS -o /dev/null -w '%{http_code}\\n' ${url}`,
  };
}
