import { execFile, execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';

/** What may run on a machine that types `npm ci`: the install scripts that package.json allows, and no other. */

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string): unknown => JSON.parse(readFileSync(pathOf(name), 'utf8'));

const { allowScripts } = z
  .object({ allowScripts: z.record(z.string(), z.boolean()) })
  .parse(read('package.json'));

test('each dependency with an install script is allowed or denied by name, and nothing else is', () => {
  const { packages } = z
    .object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) })
    .parse(read('package-lock.json'));
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.keys(allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
});

/** Without what the npm that runs these tests has read from the same .npmrc, and handed on. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** npm knows `strict-allow-scripts` since 11.16. */
const [major = 0, minor = 0] = execFileSync('npm', ['--version'], { encoding: 'utf8' })
  .split('.')
  .map(Number);
const canRefuse = major > 11 || (major === 11 && minor >= 16);

describe.skipIf(!canRefuse)('npm ci, by the .npmrc of this project', () => {
  let directory: string;
  let tarball: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'install-scripts-'));
    tarball = `file:${join(directory, 'unlisted-1.0.0.tgz')}`;
    const dependency = join(directory, 'packed', 'package');
    mkdirSync(dependency, { recursive: true });
    const script = `node -e "require('node:fs').writeFileSync(process.env.INIT_CWD + '/ran', '')"`;
    const manifest = { name: 'unlisted', version: '1.0.0', scripts: { postinstall: script } };
    writeFileSync(join(dependency, 'package.json'), JSON.stringify(manifest));
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', directory], {
      cwd: dependency,
      env,
    });
    copyFileSync(pathOf('.npmrc'), join(directory, '.npmrc'));
    project(allowScripts);
    execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--offline'], {
      cwd: directory,
      env,
    });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  function project(allowed: Record<string, boolean>): void {
    const dependencies = { unlisted: tarball };
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ name: 'p', dependencies, allowScripts: allowed }),
    );
  }

  const ci = () =>
    new Promise<{ code: unknown; stderr: string; ran: boolean }>((resolve) => {
      execFile('npm', ['ci', '--offline', '--no-audit'], { cwd: directory, env }, (error, _stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stderr, ran: existsSync(join(directory, 'ran')) }),
      );
    });

  test('refuses a dependency with a script that is not listed, and names it, before the script runs', async () => {
    project(allowScripts);
    const { code, stderr, ran } = await ci();
    expect({ code, ran }).toEqual({ code: 1, ran: false });
    expect(stderr).toContain('unlisted@1.0.0');
  });

  test('runs none that is denied, and those that are allowed', async () => {
    project({ ...allowScripts, [tarball]: false });
    expect(await ci()).toEqual({ code: 0, stderr: '', ran: false });
    project({ ...allowScripts, [tarball]: true });
    expect(await ci()).toMatchObject({ code: 0, ran: true });
  });
});
