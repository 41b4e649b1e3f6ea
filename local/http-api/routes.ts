import * as z from 'zod';

/** One route of the HTTP API, and the function that it belongs to. */
export interface Route {
  /** As API Gateway names it: `GET /orders/{external_id}`. */
  key: string;
  functionName: string;
}

export interface Match extends Route {
  pathParameters: Record<string, string>;
}

const eventSchema = z.object({ httpApi: z.unknown() });
const keySchema = z.string().regex(/^[A-Z]+ \/\S*$/, { error: 'Write a route as METHOD /path' });

export const isRoute = (event: unknown): boolean => eventSchema.safeParse(event).data?.httpApi !== undefined;

/** The routes that the functions of serverless.yml have. @throws {z.ZodError} for one that is not `METHOD /path`. */
export const routesOf = (functions: Record<string, { name: string; events: readonly unknown[] }>): Route[] =>
  Object.values(functions).flatMap(({ name, events }) =>
    events.flatMap((event) => {
      const httpApi = eventSchema.safeParse(event).data?.httpApi;
      return httpApi === undefined ? [] : [{ key: keySchema.parse(httpApi), functionName: name }];
    }),
  );

/**
 * The route of a request. Its method and each part of its path must be the same, to the letter and in number: `HEAD` is
 * no `GET`, `/orders/` and `//orders` are no `/orders`. A part in braces stands for one that is not empty; of two routes
 * that fit, the one that says more wins (API Gateway, "Work with routes for HTTP APIs").
 *
 * @param parts of the path, decoded
 */
export function matchOf(
  routes: readonly Route[],
  method: string,
  parts: readonly string[],
): Match | undefined {
  const matches = routes.flatMap((route): Match[] => {
    const [wanted = '', path = ''] = route.key.split(' ');
    const names = path.split('/').slice(1);
    if (wanted !== method || names.length !== parts.length) return [];
    const pathParameters: Record<string, string> = {};
    for (const [at, name] of names.entries()) {
      const part = parts[at] ?? '';
      const parameter = /^\{(\w+)\}$/.exec(name)?.[1];
      if (parameter === undefined ? part !== name : part === '') return [];
      if (parameter !== undefined) pathParameters[parameter] = part;
    }
    return [{ ...route, pathParameters }];
  });
  const freedom = ({ pathParameters }: Match) => Object.keys(pathParameters).length;
  return matches.toSorted((a, b) => freedom(a) - freedom(b))[0];
}
