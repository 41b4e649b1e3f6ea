interface Event {
  at: number;
  /** Of two at the same time, what was planned first comes first. */
  turn: number;
  happen: () => void;
}

const settleMicrotasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The world's own time (epoch ms), which nobody in it can read. It passes only from one planned event to the next, and
 * between two of them everything runs until it waits for a third: so one order of events gives one run.
 */
export class Scheduler {
  #now: number;
  #turn = 0;
  #heap: Event[] = [];
  #steps = 0;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  /** How many events there were. */
  steps(): number {
    return this.#steps;
  }

  at(at: number, happen: () => void): void {
    this.#turn += 1;
    this.#push({ at: Math.max(at, this.#now), turn: this.#turn, happen });
  }

  after(ms: number, happen: () => void): void {
    this.at(this.#now + ms, happen);
  }

  /** Lets time pass until then, or until nothing more is planned. */
  async runUntil(until: number): Promise<void> {
    await settleMicrotasks();
    for (let event = this.#heap[0]; event !== undefined && event.at <= until; event = this.#heap[0]) {
      this.#pop();
      this.#now = event.at;
      this.#steps += 1;
      event.happen();
      await settleMicrotasks();
    }
    this.#now = Math.max(this.#now, until);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, event)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      const child =
        right !== undefined && left !== undefined && isBefore(right, left) ? 2 * i + 2 : 2 * i + 1;
      const below = heap[child];
      if (below === undefined || isBefore(last, below)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.turn < b.turn);
