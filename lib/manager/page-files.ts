import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The page as a browser gets it: its text by file name. */
export interface PageFiles {
  'index.html': string;
  'app.js': string;
  'styles.css': string;
}

const TYPES: Readonly<Record<keyof PageFiles, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'styles.css': 'text/css; charset=utf-8',
};

/** Nothing from elsewhere, nothing inline, in no frame, and no form that goes anywhere. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** One of the page's files: `/manager` itself, or `/manager/{file}`. `undefined` where it is none that is asked for. */
export function pageFile(
  files: PageFiles,
  { routeKey, pathParameters }: Pick<APIGatewayProxyEventV2, 'routeKey' | 'pathParameters'>,
): APIGatewayProxyStructuredResultV2 | undefined {
  const name = routeKey === 'GET /manager' ? 'index.html' : (pathParameters?.['file'] ?? '');
  if (!isPageFile(name)) return undefined;
  return {
    statusCode: 200,
    headers: {
      'content-type': TYPES[name],
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'cross-origin-opener-policy': 'same-origin',
      // A new deployment is seen at the next look; the page is small.
      'cache-control': 'no-cache',
    },
    body: files[name],
  };
}

const isPageFile = (name: string): name is keyof PageFiles => Object.hasOwn(TYPES, name);
