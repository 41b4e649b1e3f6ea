import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../lib/callers/callers.ts';
import { requireSignature, signatureProblem } from '../../../lib/intake/signature.ts';

const secret = (fill: number) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;
const NEW = secret(1);
const OLD = secret(2);
const BODY = Buffer.from('{"name":"Дар’я 😀"}');

function headers({ by = NEW, body = BODY, agoSeconds = 0 } = {}): Record<string, string> {
  const at = new Date(Date.now() - agoSeconds * 1000);
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign('msg_1', at, body),
  };
}

describe('a signed request', () => {
  test('is known by the new secret and by the old one', () => {
    for (const by of [NEW, OLD]) expect(signatureProblem(BODY, headers({ by }), [NEW, OLD])).toBeUndefined();
    expect(signatureProblem(BODY, headers({ by: OLD }), [NEW])).toMatch(/webhook-signature does not fit/);
  });

  test("of the standard's own example is known, but old", () => {
    // https://github.com/standard-webhooks/standard-webhooks, the test vector of its libraries.
    const vector = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const example = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const at = new Date(1614265330_000);
    expect(new Webhook(example).sign(vector['webhook-id'], at, '{"test": 2432232314}')).toBe(
      vector['webhook-signature'],
    );
    expect(signatureProblem(Buffer.from('{"test": 2432232314}'), vector, [example])).toMatch(/5 minutes/);
  });

  test('is known by its bytes, whatever they say: what is no JSON may be signed', () => {
    const body = Buffer.from('no JSON');
    expect(signatureProblem(body, headers({ body }), [NEW])).toBeUndefined();
  });

  test('may carry more than one signature, as while the secret is changed', () => {
    const both = { ...headers(), 'webhook-signature': `v1,xxxx v1a,abc ${headers()['webhook-signature']}` };
    expect(signatureProblem(BODY, both, [NEW])).toBeUndefined();
  });

  test.each([
    [299, undefined],
    [-299, undefined],
    [310, 'The header webhook-timestamp is more than 5 minutes from now'],
    [-310, 'The header webhook-timestamp is more than 5 minutes from now'],
  ])('%i s old is %s', (agoSeconds, problem) => {
    expect(signatureProblem(BODY, headers({ agoSeconds }), [NEW])).toBe(problem);
  });
});

describe('a request that is not', () => {
  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    'is told that %s is missing',
    (name) => {
      const { [name]: _, ...others } = headers();
      expect(signatureProblem(BODY, others, [NEW])).toBe(`The header ${name} is missing`);
      expect(signatureProblem(BODY, { ...others, [name]: '' }, [NEW])).toBe(`The header ${name} is missing`);
    },
  );

  test.each([
    ['another body', headers(), Buffer.from('{}')],
    ['one byte more', headers(), Buffer.concat([BODY, Buffer.from('\n')])],
    ['another id', { ...headers(), 'webhook-id': 'msg_2' }, BODY],
    ['no signature that this is', { ...headers(), 'webhook-signature': 'v1' }, BODY],
    ['an empty one', { ...headers(), 'webhook-signature': 'v1,' }, BODY],
    [
      'another version',
      { ...headers(), 'webhook-signature': headers()['webhook-signature']?.replace('v1', 'v2') ?? '' },
      BODY,
    ],
  ])('is told so, without a value: %s', (_what, sent, body) => {
    const problem = signatureProblem(body, sent, [NEW, OLD]);
    expect(problem).toMatch(/^The header webhook-signature does not fit the body/);
    expect(problem).not.toContain('msg_');
  });

  test.each(['x', '1e9', '-5', '1614265330abc', 'abc1614265330', '9'.repeat(13), '9'.repeat(400), 'NaN'])(
    'because its time is %j is told so',
    (time) => {
      expect(signatureProblem(BODY, { ...headers(), 'webhook-timestamp': time }, [NEW])).toBe(
        'The header webhook-timestamp is not a time in whole seconds since 1970',
      );
    },
  );

  test('because checking it broke is not told that its signature does not fit', () => {
    const broken = Object.assign(Buffer.from('{}'), {
      toString() {
        throw new RangeError('Cannot create a string longer than 0x1fffffe8 characters');
      },
    });
    expect(() => signatureProblem(broken, headers(), [NEW])).toThrow(RangeError);
  });
});

describe('a caller', () => {
  const bot = (...signingSecrets: string[]): Caller => ({ name: 'bot', signingSecrets });
  /** As it is known, and as the secret has it now: how often that was asked for, and whether the request gets in. */
  async function ask(known: Caller, now: Caller | undefined, signed: Record<string, string>) {
    let asked = 0;
    const newer = async () => {
      asked += 1;
      return now;
    };
    const getsIn = await requireSignature({ body: BODY, headers: signed }, known, newer).then(
      () => true,
      (error) => {
        expect(error).toMatchObject({ code: 'unauthorized' });
        return false;
      },
    );
    return { getsIn, asked };
  }

  test('that signs with what is known costs no look at the secret', async () => {
    expect(await ask(bot(NEW), undefined, headers())).toEqual({ getsIn: true, asked: 0 });
    expect(await ask(bot(), undefined, {})).toEqual({ getsIn: true, asked: 0 });
  });

  test('that has changed its secret is let in with the new one at once', async () => {
    expect(await ask(bot(OLD), bot(NEW), headers())).toEqual({ getsIn: true, asked: 1 });
    expect(await ask(bot(OLD), bot(NEW, OLD), headers())).toEqual({ getsIn: true, asked: 1 });
  });

  test('that has given up signing is let in without', async () => {
    expect(await ask(bot(OLD), bot(), {})).toEqual({ getsIn: true, asked: 1 });
  });

  test('whose first secret was just registered is held to it as soon as it signs', async () => {
    expect(await ask(bot(), bot(NEW), headers())).toEqual({ getsIn: true, asked: 1 });
    expect(await ask(bot(), bot(NEW), headers({ by: OLD }))).toEqual({ getsIn: false, asked: 1 });
    expect(await ask(bot(), bot(), headers())).toEqual({ getsIn: true, asked: 1 });
  });

  test('whose signature fits neither the old nor the new is kept out', async () => {
    expect(await ask(bot(OLD), bot(OLD), headers())).toEqual({ getsIn: false, asked: 1 });
    expect(await ask(bot(OLD), undefined, headers())).toEqual({ getsIn: false, asked: 1 });
    expect(await ask(bot(OLD), bot(NEW), {})).toEqual({ getsIn: false, asked: 1 });
  });

  test.each([
    ['that signs', bot(NEW), undefined, true],
    ['that has changed its secret', bot(OLD), bot(NEW), true],
    ['whose first secret was just registered', bot(), bot(NEW), true],
    // By nobody's secret: anybody can have written the time.
    ['that has none, and signs unasked', bot(), undefined, false],
    ['that has none by now either', bot(), bot(), false],
    ['that has given up signing', bot(OLD), bot(), false],
  ])('%s has said when, as far as that can be relied on', async (_what, known, now, isKnown) => {
    const sent = headers();
    const at = await requireSignature({ body: BODY, headers: sent }, known, async () => now);
    expect(at).toBe(isKnown ? Number(sent['webhook-timestamp']) : undefined);
  });

  test('that does not sign at all has said nothing of when', async () => {
    const unsigned = { 'webhook-timestamp': '1614265330' };
    const at = await requireSignature({ body: BODY, headers: unsigned }, bot(), async () => bot(NEW));
    expect(at).toBeUndefined();
  });

  test('that is kept out is told why, and that its token was not the reason', async () => {
    const refused = requireSignature({ body: BODY, headers: {} }, bot(NEW), async () => undefined);
    await expect(refused).rejects.toMatchObject({
      code: 'unauthorized',
      details: {
        detail: 'The header webhook-id is missing.',
        headers: { 'www-authenticate': 'Bearer realm="orders", error="invalid_signature"' },
        reasons: [{ code: 'signature_refused' }],
      },
    });
  });
});
