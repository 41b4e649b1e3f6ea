#!/usr/bin/env node
/** Writes docs/openapi.yaml: the HTTP contract, made of the schemas that the functions are typed by. */
import { writeFile } from 'node:fs/promises';
import { openApiText } from './openapi/document.ts';

await writeFile(new URL('../docs/openapi.yaml', import.meta.url), openApiText());
console.log('docs/openapi.yaml is written. npm test lints it, and sends its examples.');
