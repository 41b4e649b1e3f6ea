import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { type ZipEntry, zipEntries } from './zip.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What packaging has no use for, or makes anew. */
const LEFT_OUT = new Set(['node_modules', '.git', '.esbuild', '.serverless', 'test']);

const resourceSchema = z.looseObject({
  Type: z.string(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z.record(z.string(), z.unknown()),
});

export type Resource = z.output<typeof resourceSchema>;
export type Template = z.output<typeof templateSchema>;

export interface Packaged {
  template: Template;
  /** The template as it is sent to CloudFormation, whole. */
  json: string;
  /** What each function's archive holds, by the function's name in serverless.yml. */
  zips: Record<string, ZipEntry[]>;
}

/**
 * What `serverless package` makes of serverless.yml, without an account or a network. In a copy of the repository,
 * because it builds in a folder of the project, where a running `npm start` has its own files.
 */
export async function packageService(stage: string, params: Record<string, string> = {}): Promise<Packaged> {
  const folder = await mkdtemp(join(tmpdir(), 'packaged-'));
  try {
    const copy = join(folder, 'repository');
    await cp(ROOT, copy, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const out = join(folder, 'out');
    // Whoever runs the tests may well be signed in to AWS: that must make no difference.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
    const serverless = join(ROOT, 'node_modules/.bin/serverless');
    const given = Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const args = [serverless, 'package', '--package', out, '--stage', stage, ...given];
    await promisify(execFile)(process.execPath, args, { cwd: copy, env });

    const json = await readFile(join(out, 'cloudformation-template-update-stack.json'), 'utf8');
    const template = templateSchema.parse(JSON.parse(json));
    const zips: Record<string, ZipEntry[]> = {};
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const { S3Key } = z.object({ S3Key: z.string() }).parse(Properties['Code']);
      zips[basename(S3Key, '.zip')] = zipEntries(await readFile(join(out, basename(S3Key))));
    }
    return { template, json, zips };
  } finally {
    await rm(folder, { recursive: true });
  }
}
