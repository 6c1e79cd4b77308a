import { expect } from "chai";

import { compile } from "../../../scripts/mutate/compiler.ts";
import { findMutants, type Mutant } from "../../../scripts/mutate/mutants.ts";
import { blamed, switched } from "../../../scripts/mutate/switches.ts";

const FILE = "Example.sol";

const SOURCE = `pragma solidity 0.8.37;

library Example {
    function f(uint256 a, uint256 b) internal pure returns (uint256 sum) {
        for (uint256 i = 0; i < b; ++i) sum += a + 2 * (1 + i);
        if (sum > 10 ** a) return 0;
    }
}
`;

const errorsOf = (text: string): string[] =>
  compile({ [FILE]: text }, "types").errors.map(({ formattedMessage }) => formattedMessage);

describe("mutation switching", function () {
  const mutants = findMutants({ [FILE]: SOURCE });

  it("holds all mutants in one program that compiles", function () {
    const { text } = switched(SOURCE, mutants);
    for (const { id } of mutants) expect(text).to.match(new RegExp(`ALIVE == ${id}\\b`));
    expect(errorsOf(text)).to.deep.equal([]);
  });

  it("writes the original, and each mutant beside it", function () {
    const sum = mutants.filter(({ after }) => after === "if (sum >= 10 ** a) return 0;");
    const removed = mutants.filter(({ operator }) => operator === "return");
    const { text } = switched(SOURCE, [...sum, ...removed]);
    expect(text).to.include(
      `if ((ALIVE == ${sum[0]!.id} ? sum >= 10 ** a : sum > 10 ** a)) ` +
        `{ if (ALIVE == ${removed[0]!.id}) { {} } else { return 0; } }`,
    );
  });

  it("keeps a number as wide as it was: alone it takes the type of what is beside it", function () {
    const tens = mutants.filter(({ original }) => original === "10");
    expect(switched(SOURCE, tens).text).to.include(
      `sum > (ALIVE == ${tens[0]!.id} ? uint256(11) : ` +
        `ALIVE == ${tens[1]!.id} ? uint256(9) : uint256(10)) ** a`,
    );
  });

  it("finds the mutant to blame for what does not compile", function () {
    const culprit = mutants.find(({ after }) => after.includes("sum -= a"))!;
    const unfit: Mutant = { ...culprit, span: culprit.site!, replacement: "sum += true;" };
    const program = switched(
      SOURCE,
      mutants.map((mutant) => (mutant === culprit ? unfit : mutant)),
    );
    const { errors } = compile({ [FILE]: program.text }, "types");
    expect(errors).to.have.length(1);
    expect(blamed(program, errors[0]!.sourceLocation!)).to.deep.equal([unfit]);
  });
});
