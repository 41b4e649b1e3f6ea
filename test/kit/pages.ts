import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every page that people read, as a path from the root of the repository. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].toSorted();

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** A fenced block. */
export interface Block {
  /** `sh`, `json`, …; empty where it has none. */
  language: string;
  text: string;
  /** The heading that it stands under. */
  heading: string;
  /** Of its fence, counted from 1. */
  line: number;
}

/** A page's fenced blocks, its headings, and what is left of its lines without the blocks. */
export function readPage(markdown: string): { blocks: Block[]; headings: string[]; prose: string } {
  const blocks: Block[] = [];
  const headings: string[] = [];
  const prose: string[] = [];
  let open: Block | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (fence && open) open = undefined;
    else if (fence) {
      open = { language: fence[1] ?? '', text: '', heading: headings.at(-1) ?? '', line: index + 1 };
      blocks.push(open);
    } else if (open) open.text += `${line}\n`;
    else {
      const heading = /^#+ +(.*)$/.exec(line)?.[1];
      if (heading !== undefined) headings.push(heading);
      prose.push(line);
    }
  }
  if (open) throw new Error(`The block of line ${open.line} does not end`);
  return { blocks, headings, prose: prose.join('\n') };
}

/** Where a page's links lead: a path from the root, and the anchor behind `#`, if any. Addresses elsewhere are left out. */
export function linksOf(page: string): { target: string; anchor: string | undefined; link: string }[] {
  return [...readPage(textOf(page)).prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
      return { target, anchor, link };
    });
}

/** The anchors that GitHub gives a page's headings: small letters, signs left out, spaces as hyphens, repeats numbered. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return readPage(textOf(page)).headings.map((heading) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}
