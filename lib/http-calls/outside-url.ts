import * as z from 'zod/mini';

/** The only names that never leave the machine, whatever a resolver says. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Other ways to say the same, and what is not an address of anybody: `new URL` has brought `127.1` and the like into one. */
const HERE = /^(.+\.localhost|0\.0\.0\.0|\[::\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])\.?$/;

/** Whether a URL names the very machine that calls it. Of a text that is no URL it does not. */
export function isThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const hostname = new URL(url).hostname.replace(/\.$/, '');
  return LOOPBACK.test(hostname) || HERE.test(hostname);
}

/**
 * Where something of ours is sent. Only https leaves the machine: an order is personal, an outcome is its submitter's,
 * and a key is a key. A user or password in it would end up in logs and errors of others.
 */
export const outsideUrl = z.url({ error: 'must be a URL', abort: true }).check(
  z.refine(
    (value) => {
      const { protocol, hostname, username, password } = new URL(value);
      if (username !== '' || password !== '') return false;
      return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
    },
    { error: 'must be https (http only for this machine), without a user or password' },
  ),
);
