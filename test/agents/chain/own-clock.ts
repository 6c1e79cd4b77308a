/** The machine's steady clock in the test's hands: it goes on only by what is slept, and sleep takes no time. */
export class OwnClock {
  now = 0;
  /** Milliseconds of each sleep, in order. */
  readonly slept: number[] = [];
  readonly #later = globalThis.setTimeout;
  readonly #random = Math.random;

  /** @param chance what every draw of chance gives */
  constructor(chance = 1) {
    performance.now = () => this.now;
    Math.random = () => chance;
    const later = (action: () => void, milliseconds: number): unknown => {
      this.slept.push(milliseconds);
      this.now += milliseconds;
      return setImmediate(action);
    };
    globalThis.setTimeout = later as unknown as typeof setTimeout;
  }

  giveBack(): void {
    // The machine's own is inherited.
    Reflect.deleteProperty(performance, "now");
    Math.random = this.#random;
    globalThis.setTimeout = this.#later;
  }
}
