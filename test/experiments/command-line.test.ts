import { expect } from "chai";

import { helpText, parseOptions } from "../../experiments/command-line.ts";
import { InputError } from "../../markets/input-error.ts";

const known = ["table4", "table5"];
const parse = (...argv: string[]): ReturnType<typeof parseOptions> =>
  parseOptions(argv, "/home", known);

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error(`${argv.join(" ")} was taken`);
}

describe("the command line of npm run paper", () => {
  it("has a default for everything", () => {
    expect(parse()).to.include({
      seed: 1,
      engine: "float",
      quick: false,
      png: false,
      out: "/home/out/paper",
    });
    expect(parse()?.only).to.deep.equal([]);
    expect(parse()?.replications).to.equal(undefined);
  });

  it("takes what it is given, paths from where it was given", () => {
    const options = parse(
      "--only",
      "table5,table4",
      "--replications=9",
      "--seed",
      "3",
      "--engine",
      "twin",
      "--ratings",
      "u.data",
      "--covax",
      "/data/c.csv",
      "--out",
      "x",
      "--workers",
      "2",
    );
    expect(options).to.deep.equal({
      only: ["table5", "table4"],
      replications: 9,
      seed: 3,
      engine: "twin",
      quick: false,
      png: false,
      ratings: "/home/u.data",
      covax: "/data/c.csv",
      out: "/home/x",
      workers: 2,
    });
  });

  it("asks for help by not running", () => {
    expect(parse("--seed", "x", "--help")).to.equal(undefined);
    const help = helpText(known);
    for (const flag of [
      "only",
      "replications",
      "seed",
      "engine",
      "quick",
      "ratings",
      "covax",
      "out",
      "workers",
    ]) {
      expect(help).to.contain(`--${flag}`);
    }
    expect(help).to.contain("table4 or table5").and.contain("float, twin or chain");
  });

  it("names results and engines it does not know, and those it does", () => {
    expect(refusal("--only", "table4,tabel5")).to.equal(
      "--only: given tabel5, allowed table4 or table5; did you mean table5?",
    );
    expect(refusal("--engine", "flaot")).to.equal(
      "--engine: given flaot, allowed float, twin or chain; did you mean float?",
    );
    expect(refusal("--only", "table4,")).to.contain("--only: given nothing");
  });

  it("names a flag it does not know, one without its value, and one given twice", () => {
    expect(refusal("--replicatons", "5"))
      .to.contain("--replicatons: given an unknown flag")
      .and.contain("did you mean --replications?");
    expect(refusal("--seed")).to.contain("--seed: given nothing, allowed a whole number");
    expect(refusal("--seed", "--quick")).to.contain("--seed: given nothing");
    expect(refusal("--quick=1")).to.equal("--quick: given 1, allowed no value");
    expect(refusal("--seed", "1", "--seed", "2")).to.contain("given more than once");
    expect(refusal("table4")).to.contain("table4: given without a flag");
  });

  it("holds numbers to whole ones in range", () => {
    for (const text of ["0", "-1", "1.5", "1e3", "many"]) {
      expect(refusal("--replications", text)).to.equal(
        `--replications: given ${text}, allowed a whole number from 1 to 1000000`,
      );
    }
    expect(parse("--seed", "9007199254740991")?.seed).to.equal(Number.MAX_SAFE_INTEGER);
    expect(refusal("--seed", "9007199254740992")).to.contain("--seed");
  });

  it("refuses two numbers of replications at once", () => {
    expect(refusal("--quick", "--replications", "5")).to.contain(
      "given together with --replications",
    );
  });
});
