import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { Surroundings } from './surroundings.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface SimulatedMessage {
  id: string;
  body: string;
  attributes: Record<string, MessageAttributeValue>;
  /** By SQS's clock. */
  sentTimestamp: number;
  sentAt: number;
  visibleAt: number;
  receives: number;
}

interface QueueOptions {
  retentionDays: number;
  visibilityMs: number;
  redrive?: { to: SimulatedQueue; maxReceives: number };
}

/**
 * A standard queue: at least once, in any order, sometimes late; what has been received too often it moves to its
 * dead-letter queue by itself, and what is too old it deletes.
 */
export class SimulatedQueue {
  readonly name: string;
  readonly messages = new Map<string, SimulatedMessage>();
  /** All that was ever sent to it. */
  readonly sentBodies: string[] = [];
  /** What was too old. */
  readonly expiredBodies: string[] = [];
  /** Told when there may be something to receive, now or later. */
  onMessage: (at: number) => void = () => undefined;
  readonly #world: Surroundings;
  readonly #options: QueueOptions;
  readonly #random;

  constructor(world: Surroundings, name: string, options: QueueOptions) {
    this.#world = world;
    this.name = name;
    this.#options = options;
    this.#random = world.random.fork(name);
  }

  send(body: string, attributes: Record<string, MessageAttributeValue> = {}, delayMs = 0): string {
    const { time, faults, shape } = this.#world;
    this.sentBodies.push(body);
    const lateMs = faults.active('queue', 'late') ? this.#random.between(1000, 120_000) : 0;
    const message: SimulatedMessage = {
      id: `${this.name}-${this.sentBodies.length}`,
      body,
      attributes,
      sentTimestamp: Math.round(time.now() + (this.#random.next() * 2 - 1) * shape.skewMs),
      sentAt: time.now(),
      visibleAt: time.now() + delayMs + lateMs,
      receives: 0,
    };
    this.put(message);
    return message.id;
  }

  put(message: SimulatedMessage): void {
    this.messages.set(message.id, message);
    this.onMessage(message.visibleAt);
  }

  receive(
    most: number,
    visibilityMs = this.#options.visibilityMs,
  ): (SimulatedMessage & { handle: string })[] {
    const { time, faults, seen } = this.#world;
    this.#expire();
    const visible = [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= time.now());
    const received: (SimulatedMessage & { handle: string })[] = [];
    for (const message of this.#random.shuffled(visible)) {
      if (received.length === most) break;
      const { redrive } = this.#options;
      if (redrive !== undefined && message.receives >= redrive.maxReceives) {
        this.messages.delete(message.id);
        redrive.to.put({ ...message, receives: 0, visibleAt: time.now() });
        seen('SQS moved a message to the dead-letter queue by itself');
        this.#world.note(
          'SQS',
          `moves ${message.id} to ${redrive.to.name}: received ${message.receives} times`,
        );
        continue;
      }
      message.receives += 1;
      const isLeftVisible = faults.active('queue', 'duplicate') !== undefined;
      if (isLeftVisible) seen('a message was handed out twice at once');
      message.visibleAt = time.now() + (isLeftVisible ? this.#random.between(0, 2000) : visibilityMs);
      received.push({ ...message, handle: `${message.id}#${message.receives}` });
      this.onMessage(message.visibleAt);
    }
    return received;
  }

  /** With an old handle SQS says yes, and may or may not do it. */
  delete(handle: string): void {
    const { id, receives } = this.#parse(handle);
    const message = this.messages.get(id);
    if (message === undefined) return;
    if (message.receives !== receives && this.#random.chance(0.5)) {
      this.#world.seen('a deletion with an old receipt handle did nothing');
      return;
    }
    this.messages.delete(id);
    if (this.#world.faults.active('queue', 'reappear')) {
      this.#world.seen('a deleted message was delivered once more');
      this.put({ ...message, visibleAt: this.#world.time.now() + this.#random.between(1000, 400_000) });
    }
  }

  /** @returns false: no such message is in flight */
  changeVisibility(handle: string, seconds: number): boolean {
    const { id, receives } = this.#parse(handle);
    const message = this.messages.get(id);
    const now = this.#world.time.now();
    if (message === undefined || message.visibleAt <= now) return false;
    if (message.receives !== receives) return this.#random.chance(0.5);
    message.visibleAt = now + seconds * 1000;
    this.onMessage(message.visibleAt);
    return true;
  }

  #parse(handle: string): { id: string; receives: number } {
    const [id = '', receives] = handle.split('#');
    return { id, receives: Number(receives) };
  }

  #expire(): void {
    for (const { id, body, sentAt } of this.messages.values()) {
      if (this.#world.time.now() - sentAt <= this.#options.retentionDays * DAY_MS) continue;
      this.messages.delete(id);
      this.expiredBodies.push(body);
      this.#world.seen('a message expired');
      this.#world.note('SQS', `deletes ${id}, which is too old`);
    }
  }
}

export interface SimulatedQueues {
  orders: SimulatedQueue;
  deadLetters: SimulatedQueue;
  outcomes: SimulatedQueue;
}
