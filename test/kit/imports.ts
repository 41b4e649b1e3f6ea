import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One file names another: both as paths from the root. */
export interface Import {
  from: string;
  to: string;
}

/** Static imports, re-exports and `import()`, of types too: a type in the wrong file is a dependency like any other. */
const SPECIFIER = /\bfrom\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'|^import\s+'(\.[^']+)'/gm;

/** All imports of the project's own files, from files under these folders. */
export function importsOf(folders: readonly string[]): Import[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }))
    .sort()
    .flatMap((file) => {
      const from = file.replaceAll('\\', '/');
      return [...readFileSync(`${ROOT}/${from}`, 'utf8').matchAll(SPECIFIER)].map(([, ...named]) => ({
        from,
        to: posix.join(posix.dirname(from), named.find((name) => name !== undefined) ?? ''),
      }));
    });
}

/** The circles of files, each once, as a way that ends where it began. */
export function circlesIn(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) {
      circles.push([...way.slice(start), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...way, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return circles;
}
