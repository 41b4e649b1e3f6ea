import { pretty } from './pretty.ts';

/**
 * Calls a server, and prints what it says: the status, where the order is from now on, the body. Exit code 1 for anything
 * but a 2xx, and where nobody answers; then `hint` says what to do.
 */
export async function ask(url: URL, request: RequestInit, hint: string): Promise<void> {
  const response = await fetch(url, { ...request, redirect: 'manual' }).catch(() => undefined);
  if (response === undefined) {
    console.error(`Nobody answers at ${url.origin}: ${hint}`);
    process.exitCode = 1;
    return;
  }
  if (!response.ok) process.exitCode = 1;
  const location = response.headers.get('location');
  console.log(`HTTP ${response.status} ${response.statusText}${location === null ? '' : `, ${location}`}`);
  const text = await response.text();
  if (text !== '') console.log(readable(text));
}

function readable(text: string): string {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}
