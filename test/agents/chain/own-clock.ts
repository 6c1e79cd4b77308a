/** The machine's steady clock in the test's hands: it goes on only by what is slept, and sleep takes no time. */
export class OwnClock {
  now = 0;
  /** Milliseconds of each sleep, in order. */
  readonly slept: number[] = [];
  readonly #real = { now: performance.now, later: globalThis.setTimeout, random: Math.random };

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
    performance.now = this.#real.now;
    Math.random = this.#real.random;
    globalThis.setTimeout = this.#real.later;
  }
}
