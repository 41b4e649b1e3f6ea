import { vi } from 'vitest';

/*
 * One process runs many test files, one after the other, since starting one takes longer than most files do. Each begins
 * as the first did: with its environment, and with no module of ours loaded, for a function reads its settings when it is.
 */
declare global {
  var environmentOfFirstFile: NodeJS.ProcessEnv | undefined;
}

globalThis.environmentOfFirstFile ??= { ...process.env };
for (const name of Object.keys(process.env)) delete process.env[name];
Object.assign(process.env, globalThis.environmentOfFirstFile);
vi.resetModules();
