import type { Log } from '../../lib/lambda/observability.ts';
import { silentLog } from '../kit/silent-log.ts';
import type { Item } from './condition.ts';
import { Container, type Services } from './container.ts';
import type { SimulatedCrm } from './crm.ts';
import { OpenApiCrm } from './crm-open-api.ts';
import { OrdersCrm } from './crm-orders.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { SimulatedQueue, type SimulatedQueues } from './queue.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import type { FunctionName, Shape, Story } from './story.ts';

export const START_MS = Date.parse('2026-01-05T08:00:00Z');

/** All that there is in one run. */
export class World implements Services {
  readonly shape: Shape;
  readonly random: Random;
  readonly time = new Scheduler(START_MS);
  readonly faults: Faults;
  readonly queues: SimulatedQueues;
  readonly ledger = new Map<string, Item>();
  readonly crm: SimulatedCrm;
  readonly journal = new Journal();
  /** What Secrets Manager has, which may lag behind the CRM's. */
  secret = 'key-1';
  /** Situations that this run has been in. */
  readonly situations = new Set<string>();
  /** What happened, for people; only where somebody will read it. */
  readonly lines: string[] = [];
  readonly #isTold: boolean;
  readonly #idle = new Map<FunctionName, Container[]>();
  readonly #placing: Random;
  #containers = 0;
  #bug: unknown;

  /** What the functions log; read by nobody, where nobody asks for it. */
  readonly logOf: (of: FunctionName) => Log;

  constructor(story: Story, { isTold = false, logOf = (_: FunctionName): Log => silentLog } = {}) {
    this.logOf = logOf;
    this.#isTold = isTold;
    this.shape = story.shape;
    this.random = new Random(`run ${story.seed}`);
    this.#placing = this.random.fork('placing');
    this.faults = new Faults(this, story.happenings);
    const { openApi } = story.shape.crm;
    this.crm = openApi === undefined ? new OrdersCrm(this) : new OpenApiCrm(this, openApi);
    const deadLetters = new SimulatedQueue(this, 'dead-letters', { retentionDays: 14, visibilityMs: 30_000 });
    this.queues = {
      deadLetters,
      orders: new SimulatedQueue(this, 'orders', {
        retentionDays: 4,
        visibilityMs: 360_000,
        redrive: { to: deadLetters, maxReceives: story.shape.maxReceives },
      }),
      outcomes: new SimulatedQueue(this, 'outcomes', { retentionDays: 14, visibilityMs: 30_000 }),
    };
  }

  note = (who: string, what: string): void => {
    if (!this.#isTold) return;
    const ms = this.time.now() - START_MS;
    this.lines.push(`${clock(ms)}  ${who.padEnd(18)} ${what}`);
  };

  seen = (situation: string): void => {
    this.situations.add(situation);
  };

  /** The simulation itself has a fault: no run says anything any more. */
  isBroken(error: unknown): void {
    this.#bug ??= error;
  }

  mustBeSound(): void {
    if (this.#bug !== undefined) throw this.#bug;
  }

  /** Work in a container of this function: one that is idle, or a new one. `undefined`: the container died. */
  async inContainer<T>(
    of: FunctionName,
    timeoutMs: number,
    work: (container: Container) => Promise<T>,
  ): Promise<T | undefined> {
    const idle = this.#idle.get(of) ?? [];
    this.#idle.set(of, idle);
    const known = this.#placing.chance(0.7) ? idle.shift() : undefined;
    const container = known ?? this.#newContainer(of);
    let isDone = false;
    this.time.after(timeoutMs, () => {
      if (!isDone) container.kill('its time is over');
    });
    try {
      return await Promise.race([container.run(() => work(container)), container.died]);
    } finally {
      isDone = true;
      if (!container.isDead) idle.push(container);
    }
  }

  #newContainer(of: FunctionName): Container {
    this.#containers += 1;
    const name = `${of} ${this.#containers}`;
    const { skewMs } = this.shape;
    const random = this.random.fork(`clock of ${name}`);
    const offsetMs = random.pick([-skewMs, skewMs, random.between(-skewMs, skewMs)]);
    return new Container(this, of, name, offsetMs);
  }
}

export function clock(ms: number): string {
  const part = (n: number, digits = 2) => String(Math.floor(n)).padStart(digits, '0');
  return `${part(ms / 3_600_000)}:${part((ms / 60_000) % 60)}:${part((ms / 1000) % 60)}.${part(ms % 1000, 3)}`;
}
