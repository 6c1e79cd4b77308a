import { fileURLToPath } from "node:url";

import { expect } from "chai";
import fc from "fast-check";

import { parseAgentsCsv, readAgentsCsv } from "../../markets/agents-csv.ts";
import { anyAgent, check } from "../mechanism/arbitraries.ts";
import { inFolder, refusalOf } from "../scripts/input/scratch.ts";

const header = "id,valuation,alpha,shape,cost,beta,delta";
const parse = (...rows: string[]) => parseAgentsCsv([header, ...rows].join("\n"), "agents.csv");
const refusal = (...rows: string[]): string => refusalOf(() => parse(...rows));

describe("a CSV of agents", () => {
  it("gives the agents of its rows, each family with its own parameters", () => {
    expect(
      parse(
        "plant-7,log,12.5,,linear,1.3,",
        "b,isoelastic,6,0.5,quadratic,0,0.2",
        "c,saturating,3e1,4,linear,1,",
        "d,quadratic,9,1.2,linear,2,",
      ),
    ).to.deep.equal([
      {
        id: "plant-7",
        valuation: { family: "log", alpha: 12.5 },
        cost: { family: "linear", beta: 1.3 },
      },
      {
        id: "b",
        valuation: { family: "isoelastic", alpha: 6, shape: 0.5 },
        cost: { family: "quadratic", beta: 0, delta: 0.2 },
      },
      {
        id: "c",
        valuation: { family: "saturating", alpha: 30, shape: 4 },
        cost: { family: "linear", beta: 1 },
      },
      {
        id: "d",
        valuation: { family: "quadratic", alpha: 9, shape: 1.2 },
        cost: { family: "linear", beta: 2 },
      },
    ]);
  });

  it("may have quotes, a byte order mark, Windows line ends, blank lines and spaces", () => {
    const text = `\uFEFF${header}\r\n\r\n"a, ""the first""", log ,5,,linear,1,\r\n  \r\nb,log,"6",,linear,1,`;
    inFolder({ "a.csv": text }, (folder) => {
      const agents = readAgentsCsv(`${folder}/a.csv`, "a.csv");
      expect(agents.map(({ id }) => id)).to.deep.equal(['a, "the first"', "b"]);
    });
  });

  it("gives back any agents that are written to one", () => {
    check(
      fc.uniqueArray(anyAgent, { selector: ({ id }) => id, minLength: 1, maxLength: 5 }),
      (drawn) => {
        const agents = drawn.map((agent, index) => ({ ...agent, id: `a-${index}` }));
        const rows = agents.map(({ id, valuation, cost }) =>
          [
            id,
            valuation.family,
            valuation.alpha,
            "shape" in valuation ? valuation.shape : "",
            cost.family,
            cost.beta,
            "delta" in cost ? cost.delta : "",
          ].join(","),
        );
        expect(parse(...rows)).to.deep.equal(agents);
      },
    );
  });

  const good = "a,log,5,,linear,1,";
  const cases: [row: string, message: string][] = [
    [
      "b,isoelastic,5,1.2,linear,1,",
      'shape: given "1.2", allowed a number above 0 and below 1 for isoelastic',
    ],
    [
      "b,isoelastic,5,0,linear,1,",
      'shape: given "0", allowed a number above 0 and below 1 for isoelastic',
    ],
    [
      "b,isoelastic,5,,linear,1,",
      "shape: given nothing, allowed a number, as in 12.5, for isoelastic",
    ],
    ["b,isoelastic,-5,0.5,linear,1,", 'alpha: given "-5", allowed a number above 0 for isoelastic'],
    ["b,saturating,5,0,linear,1,", 'shape: given "0", allowed a number above 0 for saturating'],
    ["b,saturating,0,1,linear,1,", 'alpha: given "0", allowed a number above 0 for saturating'],
    ["b,quadratic,5,-1,linear,1,", 'shape: given "-1", allowed a number above 0 for quadratic'],
    ["b,quadratic,0,1,linear,1,", 'alpha: given "0", allowed a number above 0 for quadratic'],
    ["b,log,0,,linear,1,", 'alpha: given "0", allowed a number above 0 for log'],
    ["b,log,1e999,,linear,1,", 'alpha: given "1e999", allowed a number above 0 for log'],
    ["b,log,5,0.5,linear,1,", 'shape: given "0.5", allowed nothing for log'],
    ["b,log,NaN,,linear,1,", 'alpha: given "NaN", allowed a number, as in 12.5, for log'],
    ["b,log,Infinity,,linear,1,", 'alpha: given "Infinity", allowed a number, as in 12.5, for log'],
    ["b,log,0x10,,linear,1,", 'alpha: given "0x10", allowed a number, as in 12.5, for log'],
    ["b,log,5,,linear,-1,", 'beta: given "-1", allowed a number at least 0 for linear'],
    ["b,log,5,,linear,,", "beta: given nothing, allowed a number, as in 12.5, for linear"],
    ["b,log,5,,linear,1,2", 'delta: given "2", allowed nothing for linear'],
    ["b,log,5,,quadratic,1,", "delta: given nothing, allowed a number, as in 12.5, for quadratic"],
    ["b,log,5,,quadratic,-1,1", 'beta: given "-1", allowed a number at least 0 for quadratic'],
    ["b,log,5,,quadratic,1,-2", 'delta: given "-2", allowed a number at least 0 for quadratic'],
    [
      "b,Log,5,,linear,1,",
      'valuation: given "Log", allowed log, isoelastic, saturating or quadratic',
    ],
    [
      "b,constructor,5,,linear,1,",
      'valuation: given "constructor", allowed log, isoelastic, saturating or quadratic',
    ],
    ["b,log,5,,cubic,1,", 'cost: given "cubic", allowed linear or quadratic'],
    [",log,5,,linear,1,", "id: given nothing, allowed 1 to 64 characters on one line"],
    ['"b\nc",log,5,,linear,1,', 'id: given "b\\nc", allowed 1 to 64 characters on one line'],
    [
      "a,log,5,,linear,1,",
      'id: given "a", allowed an id that is not in the file yet (line 2 has it)',
    ],
  ];
  for (const [row, message] of cases) {
    it(`is refused: ${message}`, () => {
      expect(refusal(good, row)).to.equal(`agents.csv:3: ${message}`);
    });
  }

  it("has exactly the seven fields of the header in a row", () => {
    expect(refusal("b,log,5,,linear,1")).to.equal(
      "agents.csv:2: given 6 fields, allowed 7, as in plant-7,log,12.5,,linear,1.3,",
    );
    expect(refusal("", "b,log,5,,linear,1,,")).to.match(/^agents\.csv:3: given 8 fields/);
  });

  it("has exactly the one header", () => {
    expect(refusalOf(() => parseAgentsCsv(good, "agents.csv"))).to.equal(
      `agents.csv:1: given "a,log,5,,linear,1,", allowed ${header}`,
    );
    expect(refusalOf(() => parseAgentsCsv("\n\n", "agents.csv"))).to.equal(
      `agents.csv:1: given an empty file, allowed ${header}`,
    );
  });

  it("has quotes that pair", () => {
    const line = "given a quote that does not pair, allowed quotes around a whole field";
    expect(refusal(good, '"b,log,5,,linear,1,')).to.equal(`agents.csv:3: ${line}`);
    expect(refusal(good, 'b"c,log,5,,linear,1,')).to.equal(`agents.csv:3: ${line}`);
  });

  it("has from 1 to 10,000 agents", () => {
    expect(refusal()).to.equal("agents.csv: given 0 agents, allowed 1 to 10000");
    const rows = Array.from({ length: 10_001 }, (_, index) => `a${index},log,5,,linear,1,`);
    expect(parse(...rows.slice(1))).to.have.length(10_000);
    expect(refusal(...rows)).to.equal("agents.csv: given 10001 agents, allowed 1 to 10000");
  });

  it("is shipped as an example that holds every family", () => {
    const path = fileURLToPath(new URL("../../markets/data/agents-example.csv", import.meta.url));
    const agents = readAgentsCsv(path, "agents-example.csv");
    expect(new Set(agents.map(({ valuation }) => valuation.family)).size).to.equal(4);
    expect(new Set(agents.map(({ cost }) => cost.family)).size).to.equal(2);
  });
});
