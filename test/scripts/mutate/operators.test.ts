import { expect } from "chai";

import { findMutants, mutated, type Mutant } from "../../../scripts/mutate/mutants.ts";
import { OPERATOR_NAMES } from "../../../scripts/mutate/operators.ts";

// One library with a line for each operator, and the lines that are to come of it.
const SOURCE = `// μ takes two bytes
pragma solidity 0.8.37;

library Example {
    uint256 private constant UNIT = 1e18;
    uint256 private constant MASK = (1 << 60) - 1;

    event Happened(uint256 what);
    error Wrong();

    modifier checked() {
        _;
    }

    function ask(uint256 a, uint256 b) internal checked returns (uint256 sum) {
        if (a < b) revert Wrong();
        if (isOdd(a) && a != b) return 0;
        emit Happened(a);
        sum += a;
        for (uint256 i = 0; i != b; ++i) sum = divUp(sum, a);
        touch();
        return isOdd(sum) ? min(sum, b) : sum / a;
    }

    function isOdd(uint256 a) private pure returns (bool) {
        return !(a % 2 == 0);
    }

    function divUp(uint256 a, uint256 b) private pure returns (uint256) {
        return a + b - type(uint8).max;
    }

    function min(uint256 a, uint256 b) private pure returns (uint256) {
        return a ^ ~b;
    }

    function touch() private {}
}
`;

const FILE = "Example.sol";

const byOperator = (): Partial<Record<Mutant["operator"], string[]>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(findMutants({ [FILE]: SOURCE }), ({ operator }) => operator)).map(
      ([operator, mutants]) => [operator, mutants.map(({ line, after }) => `${line}: ${after}`)],
    ),
  );

describe("mutation operators", function () {
  it("change what they say and nothing else", function () {
    expect(byOperator()).to.deep.equal({
      arguments: [
        "20: for (uint256 i = 0; i != b; ++i) sum = divUp(a, sum);",
        "22: return isOdd(sum) ? min(b, sum) : sum / a;",
      ],
      arithmetic: [
        "6: uint256 private constant MASK = (1 >> 60) - 1;",
        "6: uint256 private constant MASK = (1 << 60) + 1;",
        "20: for (uint256 i = 0; i != b; --i) sum = divUp(sum, a);",
        "22: return isOdd(sum) ? min(sum, b) : sum * a;",
        "26: return !(a / 2 == 0);",
        "30: return a - b - type(uint8).max;",
        "30: return a + b + type(uint8).max;",
        "34: return a & ~b;",
        "34: return a ^ b;",
      ],
      boolean: ["17: if (isOdd(a) || a != b) return 0;"],
      call: ["21: {}"],
      comparison: [
        "16: if (a <= b) revert Wrong();",
        "16: if (a >= b) revert Wrong();",
        "17: if (isOdd(a) && a == b) return 0;",
        "20: for (uint256 i = 0; i == b; ++i) sum = divUp(sum, a);",
        "26: return !(a % 2 != 0);",
      ],
      compound: ["19: sum -= a;", "19: sum = a;"],
      condition: [
        "17: if (!isOdd(a) && a != b) return 0;",
        "22: return !isOdd(sum) ? min(sum, b) : sum / a;",
        "26: return (a % 2 == 0);",
      ],
      event: ["18: {}"],
      extreme: ["22: return isOdd(sum) ? max(sum, b) : sum / a;"],
      modifier: ["15: function ask(uint256 a, uint256 b) internal returns (uint256 sum) {"],
      "off-by-one": [
        "5: uint256 private constant UNIT = (1e18 + 1);",
        "5: uint256 private constant UNIT = (1e18 - 1);",
        "6: uint256 private constant MASK = (2 << 60) - 1;",
        "6: uint256 private constant MASK = (0 << 60) - 1;",
        "6: uint256 private constant MASK = (1 << 61) - 1;",
        "6: uint256 private constant MASK = (1 << 59) - 1;",
        "6: uint256 private constant MASK = (1 << 60) - 2;",
        "6: uint256 private constant MASK = (1 << 60) - 0;",
        "17: if (isOdd(a) && a != b) return 1;",
        "20: for (uint256 i = 1; i != b; ++i) sum = divUp(sum, a);",
        "26: return !(a % 3 == 0);",
        "26: return !(a % 1 == 0);",
        "26: return !(a % 2 == 1);",
        "30: return a + b - (uint256(type(uint8).max) + 1);",
        "30: return a + b - (type(uint8).max - 1);",
      ],
      return: ["17: if (isOdd(a) && a != b) {}"],
      revert: ["16: if (a < b) {}"],
      rounding: [
        "20: for (uint256 i = 0; i != b; ++i) sum = ((sum) / (a));",
        "22: return isOdd(sum) ? min(sum, b) : ((sum + a - 1) / a);",
      ],
      ternary: ["22: return isOdd(sum) ? sum / a : min(sum, b);"],
      update: ["19: {}", "20: for (uint256 i = 0; i != b; ++i) {}"],
    });
  });

  it("are all shown here", function () {
    expect(Object.keys(byOperator()).sort()).to.deep.equal([...OPERATOR_NAMES]);
  });

  it("put the change where the compiler said, whatever the bytes before it", function () {
    for (const mutant of findMutants({ [FILE]: SOURCE })) {
      const changed = mutated(SOURCE, mutant).split("\n");
      const lines = SOURCE.split("\n");
      expect(changed.slice(0, mutant.line - 1)).to.deep.equal(lines.slice(0, mutant.line - 1));
      expect(changed.slice(mutant.line)).to.deep.equal(lines.slice(mutant.line));
      expect(changed[mutant.line - 1]?.replaceAll(/\s+/g, " ").trim()).to.equal(mutant.after);
    }
  });
});
