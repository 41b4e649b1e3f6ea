import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** A browser of this machine; `undefined` where it has none. */
export const CHROMIUM = PATHS.find((path) => path !== undefined && existsSync(path));

export function startBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('No Chromium on this machine: set CHROMIUM to where it is');
  return chromium.launch({
    executablePath: CHROMIUM,
    // It may run as root, as CI does, and only ever sees pages of this machine.
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
