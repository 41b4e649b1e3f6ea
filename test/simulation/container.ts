import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import type { Item } from './condition.ts';
import type { SimulatedQueues } from './queue.ts';
import type { FunctionName } from './story.ts';
import type { Struck, Surroundings } from './surroundings.ts';

/** The world as the services of a container need it. */
export interface Services extends Surroundings {
  readonly queues: SimulatedQueues;
  readonly ledger: Map<string, Item>;
}

/** What comes of a call: an answer or an error, some time after the call has arrived; or nothing, ever. */
export type Answer<T> = { value: T; afterMs?: number } | { error: Error; afterMs?: number } | 'never';

/** A service says no: thrown where the call is served, and by name what the SDK would throw. */
export class Refused extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

const inContainer = new AsyncLocalStorage<Container>();

/** Whose code is running: so that one client can serve the code of all containers. */
export function here(): Container {
  const container = inContainer.getStore();
  if (container === undefined) throw new Error('Called from outside of any container');
  return container;
}

/**
 * A place where one of the functions runs: it has a clock of its own, may be frozen for a while, and may be gone from
 * one call to the next. All that it hears of the world comes through `call`.
 */
export class Container implements Struck {
  readonly name: string;
  readonly of: FunctionName;
  readonly world: Services;
  /** Resolves when it has died. */
  readonly died: Promise<undefined>;
  readonly #random;
  offsetMs: number;
  /** How often it has been invoked. */
  invocation = 0;
  #die: () => void = () => undefined;
  #isDead = false;
  #frozenUntil = 0;

  constructor(world: Services, of: FunctionName, name: string, offsetMs: number) {
    this.world = world;
    this.of = of;
    this.name = name;
    this.offsetMs = offsetMs;
    this.#random = world.random.fork(name);
    this.died = new Promise((resolve) => {
      this.#die = () => resolve(undefined);
    });
  }

  now = (): number => this.world.time.now() + this.offsetMs;
  random = (): number => this.#random.next();

  get isDead(): boolean {
    return this.#isDead;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.invocation += 1;
    return inContainer.run(this, work);
  }

  kill(why: string): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#die();
    this.world.note(this.name, `dies: ${why}`);
  }

  setClock(offsetMs: number): void {
    this.world.note(this.name, `has its clock jump from ${this.offsetMs} ms to ${offsetMs} ms`);
    this.offsetMs = offsetMs;
  }

  freeze(ms: number, why: string): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.world.time.now() + ms);
    this.world.note(this.name, `is frozen for ${ms / 1000} s: ${why}`);
  }

  pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.world.time.after(ms, () => this.#resume(resolve));
    });

  /** @param serve what the service does when the call arrives there */
  call<T>(label: string, serve: () => Answer<T>): Promise<T> {
    const { time, faults } = this.world;
    return new Promise((resolve, reject) => {
      faults.strike(this, label, 'before');
      this.#resume(() =>
        time.after(this.#random.between(1, 20), () => {
          const answer = this.#served(serve);
          faults.strike(this, label, 'after');
          if (answer === 'never') return;
          time.after((answer.afterMs ?? 0) + this.#random.between(1, 20), () =>
            this.#resume(() => ('value' in answer ? resolve(answer.value) : reject(answer.error))),
          );
        }),
      );
    });
  }

  /** A timer of the code in here. */
  later(ms: number, happen: () => void): { cancel: () => void } {
    let isCancelled = false;
    this.world.time.after(ms, () => this.#resume(() => isCancelled || inContainer.run(this, happen)));
    return {
      cancel: () => {
        isCancelled = true;
      },
    };
  }

  #served<T>(serve: () => Answer<T>): Answer<T> {
    try {
      return inContainer.run(this, serve);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof DynamoDBServiceException))
        this.world.isBroken(error);
      return { error: error instanceof Error ? error : new Error('refused') };
    }
  }

  #resume(go: () => void): void {
    if (this.#isDead) return;
    if (this.#frozenUntil > this.world.time.now()) {
      this.world.time.at(this.#frozenUntil, () => this.#resume(go));
    } else {
      go();
    }
  }
}

const real = { now: Date.now, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

/**
 * While `work` is on, `Date.now` and `setTimeout` of code that runs in a container are the container's: code that was
 * not given a clock lives by the simulated one all the same.
 */
export async function withContainersClocks<T>(work: () => Promise<T>): Promise<T> {
  const timers = new Map<unknown, { cancel: () => void }>();
  Date.now = () => inContainer.getStore()?.now() ?? real.now();
  const setTimer = (happen: () => void, ms = 0): unknown => {
    const container = inContainer.getStore();
    if (container === undefined) return real.setTimeout(happen, ms);
    const handle = {};
    timers.set(handle, container.later(ms, happen));
    return handle;
  };
  const clearTimer = (handle: Parameters<typeof clearTimeout>[0]): void => {
    timers.get(handle)?.cancel();
    if (!timers.delete(handle)) real.clearTimeout(handle);
  };
  Object.assign(globalThis, { setTimeout: setTimer, clearTimeout: clearTimer });
  try {
    return await work();
  } finally {
    Date.now = real.now;
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
  }
}
