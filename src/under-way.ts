/** What is under way: how many deliveries were let in and have no receipt yet, and what they hold in memory. */

/** What one delivery holds. */
export interface Held {
  bytes: number;
}

export class UnderWay {
  #deliveries = 0;
  #bytes = 0;
  #onIdle: () => void = () => {};

  get deliveries(): number {
    return this.#deliveries;
  }

  /** Whether so many bytes more are too many; what is more than all that may wait is let in where nothing else is held. */
  isFullFor(bytes: number, bytesMax: number): boolean {
    return this.#bytes > 0 && this.#bytes + bytes > bytesMax;
  }

  enter(bytes: number): Held {
    this.#deliveries++;
    const held = { bytes: 0 };
    this.hold(held, bytes);
    return held;
  }

  /** To be called when it holds more or less than before. */
  hold(held: Held, bytes: number): void {
    this.#bytes += bytes - held.bytes;
    held.bytes = bytes;
  }

  leave(held: Held): void {
    this.hold(held, 0);
    this.#deliveries--;
    if (this.#deliveries === 0) this.#onIdle();
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    if (this.#deliveries > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}
