/** Made by `bundle.ts` when a function is bundled. */
declare module 'page:files' {
  export const files: import('../lib/manager/page-files.ts').PageFiles;
}
