#!/usr/bin/env node
/** The whole of it on this machine, by serverless-offline; `--verbose` shows all that its parts say. */
import { createRequire } from 'node:module';

const [node = '', self = '', ...options] = process.argv;
// What it says of itself would hide what becomes of the orders.
if (!options.includes('--verbose')) process.env['SLS_LOG_LEVEL'] ??= 'warning';
process.argv = [node, self, 'offline', 'start', '--stage', 'local', ...options];
createRequire(import.meta.url)('serverless/bin/serverless.js');
