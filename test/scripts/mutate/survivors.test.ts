import { expect } from "chai";

import { readSources } from "../../../scripts/mutate/compiler.ts";
import { onOneLine } from "../../../scripts/mutate/mutants.ts";
import { SURVIVORS } from "../../../scripts/mutate/survivors.ts";

describe("the list of survivors", function () {
  const contracts = Object.values(readSources("contracts")).map(onOneLine);

  it("names lines that are in the contracts", function () {
    const lost = SURVIVORS.flatMap(({ mutants }) => mutants).filter(
      ({ before }) => !contracts.some((text) => text.includes(before)),
    );
    expect(lost).to.deep.equal([]);
  });

  it("gives a reason, and each mutant once", function () {
    expect(SURVIVORS.filter(({ why }) => why.trim() === "")).to.deep.equal([]);
    const listed = SURVIVORS.flatMap(({ mutants }) => mutants).map((mutant) =>
      JSON.stringify(mutant),
    );
    expect(listed).to.deep.equal([...new Set(listed)]);
  });
});
