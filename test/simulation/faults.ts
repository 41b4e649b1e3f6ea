import type { Random } from './random.ts';
import { type Blow, type FaultKinds, type Happening, isBlow, isTrouble, type Trouble } from './story.ts';
import type { Struck, Surroundings } from './surroundings.ts';

/** What goes wrong in a run, when it does: as its story says. */
export class Faults {
  readonly #world: Surroundings;
  readonly #start: number;
  readonly #troubles: { trouble: Trouble; random: Random }[];
  readonly #blows: { blow: Blow; skip: number }[];
  #isOver = false;

  constructor(world: Surroundings, happenings: readonly Happening[]) {
    this.#world = world;
    this.#start = world.time.now();
    this.#troubles = happenings.filter(isTrouble).map((trouble) => ({
      trouble,
      random: world.random.fork(`${trouble.trouble} ${trouble.kind} ${trouble.at}`),
    }));
    this.#blows = happenings.filter(isBlow).map((blow) => ({ blow, skip: blow.skip }));
  }

  /** How does this call of a service fail? With `kind`, does it fail that way? */
  active<S extends keyof FaultKinds>(service: S, kind?: FaultKinds[S]): FaultKinds[S] | undefined;
  active(service: keyof FaultKinds, kind?: string): string | undefined {
    if (this.#isOver) return undefined;
    const ms = this.#world.time.now() - this.#start;
    for (const { trouble, random } of this.#troubles) {
      if (trouble.trouble !== service || ms < trouble.at || ms >= trouble.at + trouble.ms) continue;
      if ((kind === undefined || kind === trouble.kind) && random.chance(trouble.share)) return trouble.kind;
    }
    return undefined;
  }

  /** Whether there is any trouble with this service in the whole run. */
  everStrike(service: keyof FaultKinds): boolean {
    return this.#troubles.some(({ trouble }) => trouble.trouble === service);
  }

  /** From now on all is well. */
  end(): void {
    this.#isOver = true;
  }

  strike(container: Struck, label: string, when: 'before' | 'after'): void {
    if (this.#isOver) return;
    const ms = this.#world.time.now() - this.#start;
    for (const one of this.#blows) {
      const { blow } = one;
      if (blow.of !== container.of || blow.when !== when || ms < blow.at || !label.includes(blow.call))
        continue;
      one.skip -= 1;
      if (one.skip !== -1) continue;
      const at = `${when} ${label}`;
      if (blow.blow === 'death') {
        container.kill(at);
        this.#world.seen(`${container.of} died between two calls`);
      } else if ('freezeMs' in blow.blow) {
        container.freeze(blow.blow.freezeMs, at);
        this.#world.seen(`${container.of} was frozen between two calls`);
      } else {
        container.setClock(blow.blow.clockTo * this.#world.shape.skewMs);
        this.#world.seen('a clock jumped in the middle of an invocation');
      }
    }
  }
}
