import { expect } from "chai";

import { grouped, type Round } from "../../../experiments/bench/fleet.ts";

describe("Rounds of a fleet, grouped", () => {
  const round = (demands: number, node: number | null = 0.25): Round => ({
    ...{ demands, seconds: 2, bot: 0.5, node },
  });

  it("are added up in turn, the last group as long as is left", () => {
    const sums = grouped([round(1), round(2), round(4), round(8), round(16)], 2);
    expect(sums).to.deep.equal([
      { demands: 7, seconds: 6, bot: 1.5, node: 0.75 },
      { demands: 24, seconds: 4, bot: 1, node: 0.5 },
    ]);
  });

  it("are as they are where there are no more than groups, and none where there are none", () => {
    expect(grouped([round(1), round(2)], 9)).to.deep.equal([round(1), round(2)]);
    expect(grouped([], 9)).to.deep.equal([]);
  });

  it("have no time of a node that is not told", () => {
    expect(grouped([round(1), round(2, null)], 1)[0]!.node).to.equal(null);
  });
});
