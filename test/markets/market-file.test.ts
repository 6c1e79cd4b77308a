import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import fc from "fast-check";

import { fieldPaths, fields, fieldTable } from "../../markets/fields.ts";
import { InputError } from "../../markets/input-error.ts";
import { parseMarket } from "../../markets/market-file.ts";
import { fixedFromNumber, formatFixed, parseFixed } from "../../mechanism/fixed-point.ts";
import { check } from "../mechanism/arbitraries.ts";

const origin = { file: "markets/x.json" };
const least = { capacity: 50, agents: { source: "paper" } };
const parse = (change: object) => parseMarket({ ...least, ...change }, origin);

/** The one line that a market with these fields is refused with. */
function refusal(change: object): string {
  try {
    parse(change);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("the market was accepted");
}

describe("a market file", () => {
  it("is tighter on movement, and steps constantly, where answers lag; with noise movement is let be", () => {
    const parse = (more: object) =>
      parseMarket({ capacity: 50, agents: { source: "paper" }, ...more }, { file: "x.json" });
    expect(parse({ bots: { gamma: 0.5 } })).to.include({
      rule: "Constant",
      movementTolerance: 0.01,
    });
    expect(parse({ bots: { gamma: 2 } }).movementTolerance).to.equal(0.005);
    const noisy = { strategy: "noisy", noise: 0.1 };
    expect(parse({ bots: noisy }).movementTolerance).to.equal(50);
    expect(parse({ bots: { gamma: 2 }, rule: "Secant" }).rule).to.equal("Secant");
    expect(parse({ bots: { gamma: 2 }, movementTolerance: 0.3 }).movementTolerance).to.equal(0.3);
  });

  it("needs a capacity and agents; the rest has the documented defaults", () => {
    expect(parseMarket(least, origin)).to.deep.equal({
      name: "x",
      capacity: 50,
      unitFee: 0,
      executionFee: 0,
      progressiveFee: 0,
      policy: "Refunding",
      rule: "Secant",
      initialStep: "auto",
      stepOffset: 10,
      maxStep: 1000,
      primalTolerance: 0.05,
      dualTolerance: 0.001,
      movementTolerance: 0.5,
      roundLength: 60,
      maxRounds: 500,
      samples: 1,
      initialPrice: 0,
      token: { symbol: "PAY", decimals: 18 },
      bots: { strategy: "truthful", gamma: 0, noise: 0, deadband: 0 },
      agents: { source: "paper", n: 20, seed: 1 },
    });
  });

  it("keeps what it says", () => {
    const given = {
      name: "all",
      description: "every field",
      capacity: 12.5,
      unitFee: 0.25,
      executionFee: 2,
      progressiveFee: 0.125,
      policy: "PerSubmission",
      rule: "RobbinsMonro",
      initialStep: 0.75,
      stepOffset: 3,
      maxStep: 4,
      primalTolerance: 0.5,
      dualTolerance: 0.25,
      movementTolerance: 1,
      roundLength: 30,
      maxRounds: 99,
      samples: 4,
      initialPrice: 1.5,
      token: { symbol: "USDX", decimals: 6 },
      bots: { strategy: "noisy", gamma: 0.5, noise: 0.1, deadband: 0 },
      agents: { source: "ratings", path: "u.data", n: 7, seed: 0 },
      deposit: 100.25,
    };
    expect(parseMarket(given, origin)).to.deep.equal(given);
  });

  it("may write numbers as strings and names in any case", () => {
    const { capacity, rule, initialStep, samples, token } = parse({
      capacity: "12.50",
      rule: "robbinsmonro",
      initialStep: "AUTO",
      samples: "4",
      token: { decimals: "6" },
    });
    expect({ capacity, rule, initialStep, samples, token }).to.deep.equal({
      capacity: 12.5,
      rule: "RobbinsMonro",
      initialStep: "auto",
      samples: 4,
      token: { symbol: "PAY", decimals: 6 },
    });
  });

  it("takes its default name from the file, as a folder can have it", () => {
    expect(parseMarket(least, { file: "a/b/two words.json" }).name).to.equal("two-words");
    expect(parseMarket(least, { file: "C:\\m\\..json" }).name).to.equal("market");
  });

  it("has tolerances that follow the capacity, in eight digits and within the contract's bounds", () => {
    expect(parse({ capacity: 133333333 })).to.include({
      primalTolerance: 133333.33,
      movementTolerance: 1208925.8,
    });
    expect(parse({ capacity: 1e-18 })).to.include({ primalTolerance: 0, movementTolerance: 0 });
    check(fc.integer({ min: 1, max: 99999999 }), (mantissa) => {
      const { primalTolerance, movementTolerance } = parse({ capacity: mantissa / 1e4 });
      // What was defaulted is as good as what was written: it is accepted as it stands.
      expect(parse({ primalTolerance, movementTolerance })).to.include({
        primalTolerance,
        movementTolerance,
      });
    });
  });

  it("gives numbers whose fixed point is exactly what was written", () => {
    const written = fc
      .tuple(fc.integer({ min: 1, max: 2 ** 27 - 1 }), fc.integer({ min: 0, max: 18 }))
      .map(([mantissa, decimals]) => formatFixed(BigInt(mantissa), decimals));
    check(written, (capacity) => {
      expect(fixedFromNumber(parse({ capacity }).capacity)).to.equal(parseFixed(capacity));
      expect(parse({ capacity: Number(capacity) }).capacity).to.equal(Number(capacity));
    });
  });

  it("accepts mantissas that the contract packs and refuses the next", () => {
    expect(parse({ capacity: 13421772.7 }).capacity).to.equal(13421772.7);
    expect(parse({ capacity: 134217727 }).capacity).to.equal(134217727);
    expect(refusal({ capacity: 13421772.8 })).to.equal(
      "markets/x.json: capacity: given 13421772.8, allowed at most eight significant digits, as in 13421773",
    );
    expect(refusal({ unitFee: "0.923456789" })).to.equal(
      'markets/x.json: unitFee: given "0.923456789", allowed at most eight significant digits, as in 0.92345679',
    );
  });

  const number = (from: string, to: string): string => `a number ${from} up to ${to}`;
  const quantity = "309485009.8…";
  const fee = "1208925.8…";
  const cases: [change: object, message: string][] = [
    [{ capacity: -5 }, `capacity: given -5, allowed ${number("above 0", quantity)}`],
    [{ capacity: 0 }, `capacity: given 0, allowed ${number("above 0", quantity)}`],
    [{ capacity: undefined }, `capacity: not given, allowed ${number("above 0", quantity)}`],
    [{ capacity: null }, `capacity: given null, allowed ${number("above 0", quantity)}`],
    [{ capacity: "0x10" }, `capacity: given "0x10", allowed ${number("above 0", quantity)}`],
    [{ capacity: [5] }, `capacity: given [5], allowed ${number("above 0", quantity)}`],
    [{ capacity: 309485010 }, `capacity: given 309485010, allowed ${number("above 0", quantity)}`],
    [{ capacity: "1e999" }, `capacity: given "1e999", allowed ${number("above 0", quantity)}`],
    [{ capacity: 1e-19 }, "capacity: given 1e-19, allowed at most 18 decimals"],
    [{ unitFee: 1208926 }, `unitFee: given 1208926, allowed ${number("from 0", fee)}`],
    [{ executionFee: NaN }, `executionFee: given null, allowed ${number("from 0", fee)}`],
    [{ dualTolerance: 0 }, `dualTolerance: given 0, allowed ${number("above 0", fee)}`],
    [{ maxStep: 0 }, `maxStep: given 0, allowed ${number("above 0", fee)}`],
    [
      { initialStep: "fast" },
      `initialStep: given "fast", allowed "auto" or ${number("from 0", fee)}`,
    ],
    [
      { initialStep: 1.39999999 },
      "initialStep: given 1.39999999, allowed at most eight significant digits, as in 1.4",
    ],
    [{ policy: "Free" }, 'policy: given "Free", allowed Refunding or PerSubmission'],
    [{ rule: 3 }, "rule: given 3, allowed Constant, InverseSqrt, RobbinsMonro or Secant"],
    [{ samples: 0 }, "samples: given 0, allowed a whole number from 1 to 255"],
    [{ samples: 256 }, "samples: given 256, allowed a whole number from 1 to 255"],
    [{ samples: 1.5 }, "samples: given 1.5, allowed a whole number from 1 to 255"],
    [{ maxRounds: 65535 }, "maxRounds: given 65535, allowed a whole number from 1 to 65534"],
    [
      { roundLength: 16777216 },
      "roundLength: given 16777216, allowed a whole number from 1 to 16777215",
    ],
    [{ stepOffset: 0 }, "stepOffset: given 0, allowed a whole number from 1 to 16777215"],
    [
      { initialPrice: "1.2345678901234567891" },
      'initialPrice: given "1.2345678901234567891", allowed at most 18 decimals',
    ],
    [
      { initialPrice: "1.23456789012345678" },
      'initialPrice: given "1.23456789012345678", allowed at most 15 significant digits',
    ],
    [{ token: { decimals: 19 } }, "token.decimals: given 19, allowed a whole number from 0 to 18"],
    [{ token: 6 }, "token: given 6, allowed an object with symbol or decimals"],
    [
      { token: { decimal: 6 } },
      'token: given the unknown field "decimal", allowed symbol or decimals; did you mean decimals?',
    ],
    [
      { name: "../etc" },
      'name: given "../etc", allowed up to 64 letters, digits, dots, dashes and underscores, a letter or digit first',
    ],
    [{ agents: undefined }, "agents: not given, allowed an object with source, path, n or seed"],
    [{ agents: {} }, "agents.source: not given, allowed paper, csv or ratings"],
    [{ agents: { source: "file" } }, 'agents.source: given "file", allowed paper, csv or ratings'],
    [{ agents: { source: "csv" } }, "agents.path: not given, allowed the path of a file"],
    [
      { agents: { source: "csv", path: "a.csv", n: 4 } },
      "agents.n: given 4, allowed only with agents from paper or ratings; here they come from csv",
    ],
    [
      { agents: { source: "paper", path: "a.csv" } },
      'agents.path: given "a.csv", allowed only with agents from csv or ratings; here they come from paper',
    ],
    [
      { agents: { source: "paper", n: 10001 } },
      "agents.n: given 10001, allowed a whole number from 1 to 10000",
    ],
    [
      { bots: { noise: 2 } },
      "bots.noise: given 2, allowed 0 with the strategy truthful; above 0 is for noisy",
    ],
    [
      { bots: { strategy: "noisy", noise: 1, deadband: 1 } },
      "bots.deadband: given 1, allowed 0 with the strategy noisy; above 0 is for lazy",
    ],
    [
      { bots: { strategy: "lazy" } },
      `bots.deadband: not given, allowed ${number("from 0", quantity)} with the strategy lazy`,
    ],
    [
      { deposit: 0.1234567, token: { decimals: 6 } },
      "deposit: given 0.1234567, allowed at most 6 decimals, as the token has",
    ],
  ];
  for (const [change, message] of cases) {
    it(`is refused: ${message}`, () => {
      expect(refusal(change)).to.equal(`markets/x.json: ${message}`);
    });
  }

  it("is refused when a field is misspelt, even the capacity", () => {
    const given = { capactiy: 5, agents: { source: "paper" } };
    expect(() => parseMarket(given, origin)).to.throw(
      InputError,
      /^markets\/x\.json: given the unknown field "capactiy", allowed name, .*; did you mean capacity\?$/,
    );
    const polluted = JSON.parse('{"capacity": 5, "__proto__": {"a": 1}}') as unknown;
    expect(() => parseMarket(polluted, origin)).to.throw(InputError, /unknown field "__proto__"/);
  });

  it("is refused in one line naming the flag where a flag set the field", () => {
    const flags = new Map([["capacity", "--capacity"]]);
    expect(() => parseMarket({ ...least, capacity: "-5" }, { ...origin, flags })).to.throw(
      InputError,
      /^--capacity: given -5, allowed a number above 0 up to 309485009\.8…$/,
    );
  });

  it("is accepted or refused in one line, whatever it holds", () => {
    const anything = fc.dictionary(
      fc.constantFrom(...fieldPaths, "token", "agents"),
      fc.jsonValue(),
    );
    check(anything, (change) => {
      try {
        parse(change);
      } catch (error) {
        expect(error).to.be.instanceOf(InputError);
        expect((error as InputError).message).to.match(/^markets\/x\.json: [^\n\r]*$/);
      }
    });
  });
});

describe("the table of fields", () => {
  it("is the one in markets/README.md", () => {
    const path = fileURLToPath(new URL("../../markets/README.md", import.meta.url));
    const table = /<!-- fields -->\n([^]*)\n<!-- \/fields -->/.exec(
      readFileSync(path, "utf8"),
    )?.[1];
    // To update it: node scripts/make-market-table.ts
    expect(table).to.equal(fieldTable());
  });

  it("names exactly the fields that a market has", () => {
    const market = parse({
      name: "a",
      description: "b",
      deposit: 1,
      agents: { source: "ratings", path: "c" },
    });
    const paths = Object.entries(market).flatMap(([name, value]) =>
      typeof value === "object" ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name],
    );
    expect(paths).to.have.members(fieldPaths);
  });

  it("gives each field a flag of its own", () => {
    const flags = Object.values(fields)
      .map(({ flag }) => flag)
      .filter((flag) => flag !== "");
    expect(new Set(flags).size).to.equal(flags.length);
    expect(flags.length).to.equal(fieldPaths.length - 2);
  });
});
