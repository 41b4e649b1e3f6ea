import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Configured, wrongSettings } from './wrong-settings.ts';

/** What this plugin reads of the Serverless Framework. */
interface Serverless {
  service: {
    functions: Record<string, Configured>;
    resources?: { Resources?: Record<string, Resource> };
    custom?: { esbuild?: { outputWorkFolder?: string } };
  };
  serviceDir: string;
  classes: { Error: new (message: string) => Error };
}
interface Log {
  notice(line: string): void;
}
interface Resource {
  DeletionPolicy?: string;
}

/**
 * Refuses settings that make no sense before they are deployed or started, says what a removal leaves behind, and takes
 * the folder that the bundles of this run were in with it.
 */
export default class InfrastructurePlugin {
  readonly hooks: Record<string, () => void>;

  constructor(serverless: Serverless, _options: object, { log }: { log: Log }) {
    const mustMakeSense = () => {
      const wrong = wrongSettings(serverless.service.functions);
      if (wrong.length === 0) return;
      throw new serverless.classes.Error(
        `${wrong.join('\n')}\nThe parameters are in infrastructure/params.yml; docs/configuration.md says which is which.`,
      );
    };
    const { serviceDir } = serverless;
    process.once('exit', () => {
      const folder = serverless.service.custom?.esbuild?.outputWorkFolder;
      if (folder !== undefined) rmSync(join(serviceDir, folder), { recursive: true, force: true });
    });
    this.hooks = {
      'before:package:initialize': mustMakeSense,
      'before:offline:start:init': mustMakeSense,
      'after:remove:remove': () => {
        const kept = Object.entries(serverless.service.resources?.Resources ?? {})
          .filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'))
          .map(([id]) => id);
        log.notice(
          `What stays: ${kept.join(', ')}, with all that is in them; and the secrets, which were there before. How to be rid of them: docs/deploy.md, "Tear down".`,
        );
      },
    };
  }
}
