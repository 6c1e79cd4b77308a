import { expect } from "chai";

import { columnsOf, type LogColumns } from "../../mechanism/kernel/columns.ts";
import { drawAgents } from "../../mechanism/random.ts";

describe("agents in columns", () => {
  // An odd number of them: the kernel takes two at a time.
  const columns = columnsOf(drawAgents(9, 3));
  const price = 1.5;

  /** Σ1/pᵏ·α over the agents in a range who demand at the price. */
  function sum({ alpha, beta }: LogColumns, from: number, to: number, power: number): number {
    let total = 0;
    for (let at = from; at < to; at++) {
      const p = beta[at]! + price;
      if (alpha[at]! > p) total += alpha[at]! / p ** power;
    }
    return total;
  }
  const leastOf = (from: number, to: number): number =>
    price + Math.min(...columns.beta.subarray(from, to));

  const ranges = [
    [0, 9],
    [0, 4],
    [2, 6],
    [4, 9],
    [8, 9],
  ] as const;

  it("are summed from any even place to another, or to the end", () => {
    for (const [from, to] of ranges) {
      columns.sample(from, to, price, 0);
      const [first, second, entered] = columns.found;
      expect(first).to.be.closeTo(sum(columns, from, to, 1), 1e-12);
      expect(second).to.be.closeTo(sum(columns, from, to, 2), 1e-12);
      expect(entered).to.equal(to - from);
    }
  });

  it("are swept from any even place to another, or to the end", () => {
    for (const [from, to] of ranges) {
      expect(columns.sweep(from, to, price, 0, 0)).to.equal(0);
      for (let power = 1; power <= 6; power++) {
        expect(columns.found[power - 1]).to.be.closeTo(sum(columns, from, to, power), 1e-12);
      }
      expect(columns.found[6]).to.equal(to - from);
      expect(columns.found[7]).to.be.closeTo(leastOf(from, to), 1e-15);
    }
  });

  it("are told by their places from where the sweep begins, where they are undecided", () => {
    // At the price that is his own value the fourth of them may be in or out.
    const shift = columns.alpha[5]! - columns.beta[5]!;
    const open = columns.sweep(2, 9, shift, 1e-9, 0);
    expect([...columns.undecided.subarray(0, open)]).to.deep.equal([3]);
  });
});
