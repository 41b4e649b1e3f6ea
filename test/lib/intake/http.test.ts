import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../lib/explanations/explain.ts';
import { answerProblems, decodeUtf8, json, Problem, readJsonBytes } from '../../../lib/intake/http.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { invokeHandler } from '../../../local/invoke.ts';
import { recordingLog } from '../../kit/recording-log.ts';

const MAX = 64 * 1024;

const request = (body: string, changes: Partial<APIGatewayProxyEventV2> = {}): APIGatewayProxyEventV2 => ({
  ...apiEvent('POST', '/orders', body),
  ...changes,
});
const base64 = (bytes: string | Uint8Array) =>
  request(Buffer.from(bytes).toString('base64'), { isBase64Encoded: true });
const typed = (type: string | undefined) =>
  request('{}', { headers: type === undefined ? {} : { 'content-type': type } });

/** As `acceptOrder` reads a body. */
const readJsonText = (event: APIGatewayProxyEventV2, maxBytes: number) =>
  decodeUtf8(readJsonBytes(event, maxBytes));

/** The code of the problem that a reading throws. */
function problem(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error('No problem');
}

describe('the type of a body', () => {
  test.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/vnd.shop.order+json',
    // Parameters mean nothing to JSON (RFC 8259, 11).
    'application/json; charset=utf8',
    'application/json;CHARSET="UTF8"',
    'application/json ; charset = utf-8',
    'application/json;',
    'application/json; profile="https://example.com/a;b"',
    'application/json; odata.metadata=minimal; charset=utf-8; v=2',
    'application/json; boundary=x',
    ' application/json',
    "application/json; charset='utf-8'",
    "application/json; charset='utf-8' ; v=2",
    'application/json; charset=unicode-1-1-utf-8',
    'application/json; charset="UTF-8" ; charset=utf8',
    // What is in quotation marks is no charset.
    'application/json; profile="x; charset=utf-16"',
    'application/json; title="a \\"quoted\\" one; charset=utf-16"',
    'application/json; xcharset=utf-16',
    'application/merge-patch+json; charset=utf-8',
    'application/json;;charset=utf-8;',
  ])('may be %s', (type) => {
    expect(readJsonText(typed(type), MAX)).toBe('{}');
  });

  test.each([
    undefined,
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'text/json',
    'application/json; charset=windows-1251',
    'application/json; v=2; charset="utf-16"',
    'application/json; charset=iso-8859-1',
    'application/json; charset=tell-tale',
    'application/json; charset=',
    'application/json/x',
    'multipart/form-data; boundary=application/json',
    'application/json, text/plain',
    'application/json; charset=utf-8; charset=windows-1251',
    'application/json; profile="x"; CHARSET = "koi8-u"',
    'application/json; charset=us-ascii',
    'application/json; charset=utf-16le',
    'application/json; charset="',
    'application/ json',
    "application/json; charset=u'tf-8'",
    "application/json; charset='utf'-8",
    'json',
  ])('may not be %s', (type) => {
    expect(problem(() => readJsonText(typed(type), MAX))).toBe('unsupported_media_type');
  });
});

/** The problem that a reading throws. */
function thrown(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

test.each([
  ['another type', typed('text/plain')],
  ['another charset', typed('application/json; charset=windows-1251')],
  ['compressed', request(gzipSync('{}').toString('base64'), { isBase64Encoded: true })],
])('whoever sends what cannot be read is told what would do (RFC 9110, 15.5.16): %s', (_what, event) => {
  expect(thrown(() => readJsonText(event, MAX))).toMatchObject({
    code: 'unsupported_media_type',
    details: { headers: { 'accept-encoding': 'identity' } },
  });
});

describe('a body that is compressed', () => {
  const gzipped = gzipSync('{}');
  const coded = (coding: string, body = gzipped) =>
    request(body.toString('base64'), {
      isBase64Encoded: true,
      headers: { 'content-type': 'application/json', 'content-encoding': coding },
    });
  const detail = (event: APIGatewayProxyEventV2) => {
    try {
      return readJsonText(event, MAX);
    } catch (error) {
      if (error instanceof Problem) return `${error.code}: ${error.details.detail}`;
      throw error;
    }
  };

  test.each([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'x-gzip'],
    ['br', 'br'],
    ['deflate', 'deflate'],
    ['zstd', 'zstd'],
    ['identity, gzip', 'gzip'],
  ])('by %s is refused, and it is named', (coding, named) => {
    expect(detail(coded(coding))).toBe(
      `unsupported_media_type: The body is compressed (${named}): send it as it is, without content-encoding.`,
    );
  });

  test.each([
    ['gzip', gzipped],
    ['deflate', deflateSync('{}')],
    ['deflate', deflateSync('{}', { level: 0 })],
    ['deflate', deflateSync('{}', { level: 2 })],
    ['deflate', deflateSync('{}', { level: 9 })],
    ['zstd', zstdCompressSync('{}')],
    ['zip', Buffer.from('PK\u0003\u0004')],
  ])('is known by its first bytes too, where nobody says so: %s', (name, bytes) => {
    expect(detail(base64(bytes))).toContain(`compressed (${name})`);
    expect(detail(coded('identity', bytes))).toContain(`compressed (${name})`);
  });

  test('by what nobody knows is refused, and that is not told back', () => {
    expect(detail(coded('tell-tale'))).toBe(
      'unsupported_media_type: The body is encoded: send it as it is, without content-encoding.',
    );
  });

  test.each(['', 'identity', 'Identity', ' identity , identity'])('is none with %j', (coding) => {
    expect(detail(coded(coding, Buffer.from('{}')))).toBe('{}');
  });
});

describe('the size of a body', () => {
  test('is at most 64 KiB, to the byte', () => {
    expect(readJsonText(request('x'.repeat(MAX)), MAX)).toHaveLength(MAX);
    expect(problem(() => readJsonText(request('x'.repeat(MAX + 1)), MAX))).toBe('body_too_large');
  });

  test('is told where it is too much, with what it is that is too large', () => {
    expect(thrown(() => readJsonBytes(request('xxxxx'), 4))).toMatchObject({
      details: { detail: 'An order may have 4 bytes; this one has more.' },
    });
    expect(thrown(() => readJsonBytes(request('xxxxx'), 4, 'A status'))).toMatchObject({
      details: { detail: 'A status may have 4 bytes; this one has more.' },
    });
  });

  test('is that of its bytes, not of its letters', () => {
    expect(readJsonText(request('ї'.repeat(MAX / 2)), MAX)).toHaveLength(MAX / 2);
    expect(problem(() => readJsonText(request(`${'ї'.repeat(MAX / 2)}x`), MAX))).toBe('body_too_large');
  });

  test('is that of the decoded body where API Gateway has encoded it', () => {
    expect(readJsonText(base64('x'.repeat(MAX)), MAX)).toHaveLength(MAX);
    expect(problem(() => readJsonText(base64('x'.repeat(MAX + 1)), MAX))).toBe('body_too_large');
  });

  test('may be nothing: that it is no order is for others to say', () => {
    const { body: _, ...event } = request('');
    expect(readJsonText(event, MAX)).toBe('');
  });
});

describe('the letters of a body', () => {
  test('come out of base64 as they went in', () => {
    expect(readJsonText(base64('{"name":"Дар’я 😀"}'), MAX)).toBe('{"name":"Дар’я 😀"}');
    // One of two byte order marks used to be lost here, so that the edge took what the queue refused.
    expect(readJsonText(base64('\uFEFF{}'), MAX)).toBe('\uFEFF{}');
  });

  test.each([
    ['a byte that UTF-8 does not have', [0x22, 0xff, 0x22]],
    ['half a letter', [0x22, 0xd0, 0x22]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a name in Windows-1251', [0x22, 0xce, 0xeb, 0xe5, 0xed, 0xe0, 0x22]],
  ])('are refused where they are not UTF-8: %s', (_what, bytes) => {
    const read = () => readJsonText(base64(Uint8Array.from(bytes)), MAX);
    expect(problem(read)).toBe('invalid_order');
    const detail = 'The body is not UTF-8.';
    expect(thrown(read)).toMatchObject({
      details: { detail, members: { errors: [{ pointer: '#', code: 'invalid_utf8', detail }] } },
    });
  });
});

describe('an answer', () => {
  const { log, lines } = recordingLog();
  const invoke = (handle: () => Promise<APIGatewayProxyStructuredResultV2>) => {
    const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
      .use(answerProblems(log))
      .handler(handle);
    return invokeHandler<APIGatewayProxyEventV2>((event, context) => handler(event, context))(request('{}'));
  };
  async function answerTo(error: unknown) {
    lines.length = 0;
    const invocation = await invoke(() => Promise.reject(error));
    if (invocation.outcome === 'failed') throw new Error(invocation.detail);
    const answer = JSON.parse(invocation.payload);
    return { ...answer, body: JSON.parse(answer.body) };
  }

  test('to a problem is problem+json, with all that the problem says', async () => {
    const errors = [{ pointer: '#/source', code: 'required', detail: 'source is required.' }];
    expect(await answerTo(new Problem('invalid_order', { detail: 'Mend it.', members: { errors } }))).toEqual(
      {
        statusCode: 400,
        headers: { 'content-type': 'application/problem+json' },
        body: {
          type: 'urn:sitniks-orders:problem:invalid_order',
          title: 'The order is not valid',
          status: 400,
          detail: 'Mend it.',
          instance: expect.stringMatching(/^urn:request:[\da-f-]{36}$/),
          errors,
          explanations: explain([{ code: 'not_an_order' }]),
        },
      },
    );
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Request refused',
        status: 400,
        error_type: 'invalid_order',
        request_id: expect.any(String),
      },
    ]);
  });

  test('to a problem says why as closely as it is known', async () => {
    const reasons = [{ code: 'phone_invalid' as const, pointer: '#/customer/phone' }];
    const answer = await answerTo(new Problem('invalid_order', { detail: 'Mend it.', reasons }));
    expect(answer.body.explanations).toEqual(explain(reasons));
  });

  test('to a problem that passes says when to come back', async () => {
    const answer = await answerTo(
      new Problem('temporarily_unavailable', { detail: 'Later.', headers: { 'retry-after': '5' } }),
    );
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '5' } });
    expect(lines).toMatchObject([{ level: 'error', status: 503 }]);
  });

  test.each([
    ['an error', new TypeError('secret sk-1 of +380671234567', { cause: new Error('/var/task') })],
    ['an error with a status of its own', Object.assign(new Error('no'), { statusCode: 418, expose: true })],
    ['what is no error at all', 'Олена Коваленко'],
  ])('to %s is a 500 that gives nothing away', async (_what, error) => {
    const answer = await answerTo(error);
    expect(answer).toEqual({
      statusCode: 500,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'urn:sitniks-orders:problem:internal_error',
        title: 'Something is wrong on our side',
        status: 500,
        detail: 'Please send it again later.',
        instance: expect.stringMatching(/^urn:request:/),
        explanations: explain([{ code: 'internal_error' }]),
      },
    });
    expect(JSON.stringify(lines)).not.toMatch(/secret|380671234567|task|Олена/);
    expect(lines).toMatchObject([
      { level: 'error', message: 'Request failed' },
      { level: 'error', message: 'Request not served', status: 500 },
    ]);
    // Whoever calls about the answer names the line of the log.
    expect(answer.body.instance).toBe(`urn:request:${lines[0]?.request_id}`);
  });

  test('that is none of these goes out as it is', async () => {
    expect(await invoke(async () => json(202, { a: 1 }, { location: '/x' }))).toEqual({
      outcome: 'returned',
      payload: JSON.stringify({
        statusCode: 202,
        headers: { 'content-type': 'application/json', location: '/x' },
        body: '{"a":1}',
      }),
    });
    expect(lines).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ message: 'Request refused', status: 202 })]),
    );
  });
});
