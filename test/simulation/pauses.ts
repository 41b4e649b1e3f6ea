import type { Container } from './container.ts';

interface Pause {
  invocation: number;
  toldAt: number;
  until: number;
}

/** When the CRM has asked an invocation to leave it alone, and what that invocation has asked it before. */
export class Pauses {
  readonly #pauses = new WeakMap<Container, Pause>();
  readonly #asked = new WeakMap<Container, { invocation: number; numbers: Set<string> }>();

  /** Its code has the answer now. */
  told(container: Container, ms: number): void {
    const toldAt = container.world.time.now();
    this.#pauses.set(container, { invocation: container.invocation, toldAt, until: toldAt + ms });
  }

  /** @returns false: its code knew that it is not to. A creation that is repeated at once, with a new key, is one. */
  isHeeded(container: Container, number: string): boolean {
    const { invocation, world } = container;
    const known = this.#asked.get(container);
    const numbers = known?.invocation === invocation ? known.numbers : new Set<string>();
    const isRepeat = numbers.has(number);
    this.#asked.set(container, { invocation, numbers: numbers.add(number) });
    const pause = this.#pauses.get(container);
    const now = world.time.now();
    return isRepeat || pause?.invocation !== invocation || now <= pause.toldAt || now >= pause.until;
  }
}
