import type { Field } from '../lib/manager/draft.ts';
import type { Overview } from '../lib/manager/overview.ts';
import type { Draft, Verdict } from '../lib/manager/send-one.ts';
import type { Story } from '../lib/manager/story.ts';

export type { Draft, Field, Overview, Story, Verdict };

/** Not let in: the token is to be asked for again. */
export class TokenRefused extends Error {}
export class NotFound extends Error {}

const TOKEN = 'operator-token';
/** Of this tab, until it is closed. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN) ?? '',
  set: (value: string) => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
};

async function call<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`/manager/api/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token.get()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    cache: 'no-store',
  });
  if (response.status === 401) throw new TokenRefused();
  if (response.status === 404) throw new NotFound();
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const orderPath = (id: string) => `orders/${encodeURIComponent(id)}`;

export const getOverview = () => call<Overview>('overview');
export const getStory = (id: string) => call<Story>(orderPath(id));
export const getDraft = (id: string) => call<Draft>(`${orderPath(id)}/draft`);
export const send = (id: string, changes: Record<string, string>, trial: boolean) =>
  call<Verdict>(`${orderPath(id)}/send`, { changes, trial });
