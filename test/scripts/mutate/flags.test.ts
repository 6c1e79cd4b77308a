import { expect } from "chai";

import { chooseMutants } from "../../../scripts/mutate/choose.ts";
import { parseFlags } from "../../../scripts/mutate/flags.ts";
import type { Mutant } from "../../../scripts/mutate/mutants.ts";
import { InputError } from "../../../markets/input-error.ts";

describe("the flags of npm run mutate", function () {
  it("may all be left out", function () {
    expect(parseFlags([])).to.deep.equal({
      only: "",
      seed: 1,
      everyTest: false,
      fresh: false,
      help: false,
    });
  });

  it("are read", function () {
    const given = ["--only", "Slots", "--operator=event", "--sample", "20", "--seed", "0"];
    const tests = ["--tests", "^invariant_", "--every-test", "--fresh"];
    expect(parseFlags([...given, ...tests])).to.deep.equal({
      only: "Slots",
      operator: "event",
      sample: 20,
      seed: 0,
      tests: "^invariant_",
      everyTest: true,
      fresh: true,
      help: false,
    });
  });

  const refusals: [string[], string][] = [
    [
      ["--onyl", "Slots"],
      "--onyl: given an unknown flag, allowed those of --help; did you mean --only?",
    ],
    [["Slots"], "Slots: given without a flag, allowed only as the value of one"],
    [["--only"], "--only: given nothing, allowed part of a path"],
    [["--sample", "0"], "--sample: given 0, allowed a whole number from 1"],
    [["--sample", "1e3"], "--sample: given 1e3, allowed a whole number from 1"],
    [["--seed", "x"], "--seed: given x, allowed a whole number from 0"],
    [["--tests", "("], "--tests: given (, allowed a regular expression"],
    [["--every-test=yes"], "--every-test: given yes, allowed no value"],
  ];
  for (const [given, message] of refusals) {
    it(`are refused: ${given.join(" ")}`, function () {
      expect(() => parseFlags(given)).to.throw(InputError, message);
    });
  }

  it("name an operator that there is", function () {
    expect(() => parseFlags(["--operator", "events"])).to.throw(
      InputError,
      /^--operator: given events, allowed arguments, .* or update$/,
    );
  });
});

describe("the mutants that are chosen", function () {
  const mutants = Array.from({ length: 30 }, (_, id) => ({
    id,
    file: id < 20 ? "contracts/A.sol" : "contracts/B.sol",
    operator: id % 2 === 0 ? "event" : "revert",
  })) as Mutant[];
  const ids = (flags: {
    only?: string;
    operator?: string;
    sample?: number;
    seed?: number;
  }): number[] => chooseMutants(mutants, { only: "", seed: 1, ...flags }).map(({ id }) => id);

  it("are of the file and the operator", function () {
    expect(ids({ only: "B.sol", operator: "event" })).to.deep.equal([20, 22, 24, 26, 28]);
  });

  it("are drawn by the seed, none twice, in their order", function () {
    const drawn = ids({ sample: 10 });
    expect(drawn).to.deep.equal(ids({ sample: 10 }));
    expect(drawn).to.not.deep.equal(ids({ sample: 10, seed: 2 }));
    expect(drawn).to.deep.equal([...new Set(drawn)].sort((a, b) => a - b));
    expect(drawn).to.have.length(10);
  });

  it("are some, or it is said which there are", function () {
    expect(() => ids({ only: "C" })).to.throw(
      InputError,
      "--only: given C, allowed part of contracts/A.sol, contracts/B.sol",
    );
    expect(() => ids({ operator: "call" })).to.throw(
      InputError,
      "--operator: given call, allowed in these files event, revert",
    );
  });
});
