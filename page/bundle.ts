import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { PageFiles } from '../lib/manager/page-files.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The page as a browser gets it: one script, nothing from elsewhere. */
export async function pageFiles(): Promise<PageFiles> {
  const { outputFiles } = await build({
    entryPoints: [`${HERE}app.tsx`],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const styles = await build({ entryPoints: [`${HERE}styles.css`], minify: true, write: false });
  return {
    'index.html': await readFile(`${HERE}index.html`, 'utf8'),
    'app.js': outputFiles[0]?.text ?? '',
    'styles.css': styles.outputFiles[0]?.text ?? '',
  };
}

/** For esbuild: `import { files } from 'page:files'` is the page, built for browsers, as text. */
export const pagePlugin: Plugin = {
  name: 'page',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^page:files$/ }, ({ path }) => ({ path, namespace: 'page' }));
    onLoad({ filter: /.*/, namespace: 'page' }, async () => ({
      contents: `export const files = ${JSON.stringify(await pageFiles())};`,
      loader: 'js',
    }));
  },
};

export default [pagePlugin];
