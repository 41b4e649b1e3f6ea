import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const sectionsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));
const serviceSchema = z.looseObject({ resources: z.array(sectionsSchema) });
const REFERENCE = /\$\{file\(([^)]+)\)(?::(\w+))?\}/;

/**
 * serverless.yml with the files that it is made of, as data: for whoever asks what is written there, without a stage.
 * Parameters stand as they are written (`${param:…}`), and CloudFormation's own tags (`!Ref` and the like) are read as
 * what stands after them.
 */
export async function readServiceFile(): Promise<Record<string, unknown>> {
  const { resources, ...service } = serviceSchema.parse(await resolve(await readYaml('serverless.yml')));
  return { ...service, resources: merged(resources) };
}

/** As the framework does it: the sections of each file (`Resources`, `Outputs`, …) become one of each name. */
function merged(files: readonly z.output<typeof sectionsSchema>[]): z.output<typeof sectionsSchema> {
  const whole: z.output<typeof sectionsSchema> = {};
  for (const file of files) {
    for (const [name, section] of Object.entries(file)) whole[name] = { ...whole[name], ...section };
  }
  return whole;
}

async function readYaml(path: string): Promise<unknown> {
  return parse(await readFile(`${ROOT}${path}`, 'utf8'), { logLevel: 'error' });
}

async function resolve(value: unknown): Promise<unknown> {
  if (typeof value === 'string') return resolveText(value);
  if (Array.isArray(value)) return Promise.all(value.map(resolve));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([key, one]) => [key, await resolve(one)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function resolveText(text: string): Promise<unknown> {
  const [reference, path, key] = REFERENCE.exec(text) ?? [];
  if (reference === undefined || path === undefined) return text;
  const file: unknown = await readYaml(path);
  const found = key === undefined ? file : new Map(Object.entries(Object(file))).get(key);
  // Alone it stands for whatever is in the file; amid a text, for a text.
  return resolve(reference === text ? found : text.replace(reference, String(found)));
}
