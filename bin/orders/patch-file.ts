import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { nameOf } from '../../lib/lambda/observability.ts';
import { parseJson } from '../../lib/order/parse-json.ts';
import { WrongUsage } from './failure.ts';

/** A file's text, `-` being standard input. @throws {WrongUsage} */
export async function readText(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : nameOf(error);
    throw new WrongUsage(`${file} cannot be read (${code}).`);
  }
}

const patchSchema = z.record(z.string(), z.unknown());

/** A JSON merge patch from a file. @throws {WrongUsage}, never with what the file says: it is personal. */
export async function readPatch(file: string): Promise<object> {
  const value = parseJson(await readText(file));
  if (value === undefined) throw new WrongUsage(`${file} is not JSON.`);
  const parsed = patchSchema.safeParse(value);
  if (!parsed.success) throw new WrongUsage(`${file} is no merge patch: it must be a JSON object.`);
  return parsed.data;
}
