import { expect } from "chai";

import { strategic } from "../../../experiments/robustness/strategic.ts";

describe("price-anticipating agents, as an experiment", () => {
  const parameters = strategic.prepare({ raters: "none", countries: "none" });
  if (typeof parameters === "string") throw new Error(parameters);
  const few = { ...parameters, sizes: [2, 20] };

  it("lose less the more they are, and bots that act on what they tell settle there", async () => {
    for (const engine of ["float", "twin"] as const) {
      const numbers = await strategic.replicate(few, { seed: 3, replication: 1 }, engine);
      const at = (column: string): number => numbers[column]!;
      for (const column of ["clearingLoss", "proportionalLoss", "priceLoss"]) {
        expect(at(`20/${column}`), column).to.be.within(1e-4, 0.7 * at(`2/${column}`));
      }
      expect(at("2/told")).to.be.below(at("20/told"));
      for (const size of few.sizes) expect(at(`${size}/priceApart`)).to.be.below(2e-3);
    }
  });

  it("are told to be within the bound, and no more truthful than they are", async () => {
    const rows: Record<string, number>[] = [];
    for (let replication = 0; replication < 12; replication++) {
      rows.push(await strategic.replicate(few, { seed: 1, replication }, "float"));
    }
    const columns = Object.keys(rows[0]!);
    const { json, csv, section } = strategic.conclude(
      { columns, rows: rows.map((row) => columns.map((column) => row[column]!)) },
      few,
      { seed: 1, replications: 12, engine: "float" },
    );
    const { claims } = json as { claims: { source: string; holds: boolean }[] };
    expect(claims.map(({ source, holds }) => [source, holds])).to.deep.include.members([
      ["Johari and Tsitsiklis 2004", true],
      ["Table 9", false],
    ]);
    expect(section.claims?.map(({ whose, of }) => [whose, of])).to.deep.equal([
      ["", 2],
      ["ours: ", 2],
    ]);
    expect(csv.map((line) => line.length)).to.deep.equal(Array(csv.length).fill(7));
    const means = ["leastLoss", "clearingLoss", "mostLoss"].map(
      (column) => csv.find((line) => line[1] === "2" && line[2] === column)?.[3] as number,
    );
    expect(means[0]).to.be.below(means[1]!);
    expect(means[1]).to.be.below(means[2]!);
    const loss = csv.find((line) => line[1] === "20" && line[2] === "clearingLoss");
    const mean = rows.reduce((sum, row) => sum + row["20/clearingLoss"]! / 12, 0);
    expect(loss?.[3]).to.be.closeTo(mean, 1e-12);
  });
});
