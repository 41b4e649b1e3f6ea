import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { postOrder } from '../../local/workshop/post-order.ts';
import { startHttpServer } from '../kit/http-server.ts';

async function answering(...statuses: number[]) {
  const bodies: string[] = [];
  const server = await startHttpServer(async (request, response) => {
    bodies.push(await text(request));
    response.statusCode = statuses[bodies.length - 1] ?? 500;
    response.end('{}');
  });
  return { bodies, ...server };
}

test('what is not accepted for now is sent again, the same', async () => {
  const { bodies, url, stop } = await answering(503, 503, 202);
  await postOrder(url, { external_id: '1' }, 1);
  expect(bodies).toEqual(Array(3).fill('{"external_id":"1"}'));
  await stop();
});

test.each([400, 401, 409, 500])('%i is not', async (status) => {
  const { bodies, url, stop } = await answering(status, 202);
  await expect(postOrder(url, { external_id: '1' }, 1)).rejects.toThrow(`POST /orders: ${status}`);
  expect(bodies).toHaveLength(1);
  await stop();
});

test('nor is it sent for ever', async () => {
  const { bodies, url, stop } = await answering(...Array(30).fill(503));
  await expect(postOrder(url, { external_id: '1' }, 1)).rejects.toThrow('POST /orders: 503');
  expect(bodies).toHaveLength(20);
  await stop();
});
