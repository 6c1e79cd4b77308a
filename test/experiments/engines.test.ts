import { expect } from "chai";

import { closeChain } from "../../experiments/engines/chain.ts";
import type { EngineName } from "../../experiments/engines/engine.ts";
import { inThisThread } from "../../experiments/harness/pool.ts";
import { sample } from "../../experiments/harness/sample.ts";
import { table6 } from "../../experiments/tables/table6.ts";

import { restoreCloseTo } from "../agents/plain-close-to.ts";

type Row = Record<string, { mean: number; sd: number } | string | null>;

const run = { seed: 1, replications: 20 };

/** Table 6 under the model as stated, by an engine; on the chain as `npm run paper -- --engine chain` has it. */
async function tableBy(engine: EngineName): Promise<{ rows: Row[]; notes: string[] }> {
  const parameters = table6.prepare({ raters: "none", countries: "none" });
  if (typeof parameters === "string") throw new Error(parameters);
  const options = { ...run, engine, pool: inThisThread(), chunk: 1 };
  const { samples } = await sample(table6, parameters, options);
  return table6.conclude(samples, parameters, { ...run, engine }).json as {
    rows: Row[];
    notes: string[];
  };
}

describe("the engines", function () {
  this.timeout(120_000);
  after(closeChain);

  it("give the same Table 6: contract and twin to the last digit, doubles to 1e-9", async () => {
    const chain = await tableBy("chain");
    restoreCloseTo();
    const twin = await tableBy("twin");
    const float = await tableBy("float");
    expect(chain.rows).to.deep.equal(twin.rows);
    expect(chain.notes.join("\n")).to.contain(
      "Engines chain and twin give the same allocations, digit for digit, in all 20 replications.",
    );

    // The contract counts to the 18th decimal, doubles to the 16th digit; Secant divides differences of demands by one another,
    // which near the end costs up to half of the digits.
    for (const [at, row] of float.rows.entries()) {
      for (const column of ["efficiency", "cost", "gini"]) {
        const [ours, exact] = [row, chain.rows[at]!].map((one) => one[column]);
        if (typeof ours !== "object" || typeof exact !== "object") throw new Error(column);
        expect(ours!.mean).to.be.closeTo(exact!.mean, 1e-9 * Math.abs(exact!.mean));
        expect(ours!.sd).to.be.closeTo(exact!.sd, 1e-9 * Math.abs(exact!.mean));
      }
    }
  });
});
