import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { fieldPaths } from "../../../markets/fields.ts";
import { drawAgents } from "../../../mechanism/random.ts";
import { everyGroup, flags, flagsOf, helpText, parseFlags } from "../../../scripts/input/flags.ts";
import { asksForHelp } from "../../../markets/given-flags.ts";
import { loadRun } from "../../../scripts/input/load-run.ts";
import { inFolder, refusalOf } from "./scratch.ts";

const project = fileURLToPath(new URL("../../..", import.meta.url));
const load = (line: string) => loadRun(line === "" ? [] : line.split(" "), project);
const refusal = (line: string): string => refusalOf(() => load(line));

describe("a command line", () => {
  it("clears the default market when it is empty", () => {
    const { market, agents, seed, options } = load("");
    expect(market).to.include({ name: "default", capacity: 50, unitFee: 0.5, executionFee: 1 });
    expect(market.agents).to.deep.equal({ source: "paper", n: 20, seed: 1 });
    expect(agents).to.deep.equal(drawAgents(20, 1));
    expect(seed).to.equal(1);
    expect(options).to.deep.equal({ json: false, out: join(project, "out"), help: false });
  });

  it("finds the default market from any folder, and results go to the one it is in", () => {
    inFolder({}, (folder) => {
      const { market, options } = loadRun(["--out", "results"], folder);
      expect(market.name).to.equal("default");
      expect(options.out).to.equal(join(folder, "results"));
    });
  });

  it("sets any field of the market file", () => {
    const values: Partial<Record<string, string>> = {
      name: "other",
      description: "words",
      policy: "persubmission",
      rule: "constant",
      "token.symbol": "ABC",
      "token.decimals": "6",
      "bots.strategy": "noisy",
      "bots.deadband": "0",
    };
    for (const { name, path } of flags) {
      if (path === undefined) continue;
      const value = values[path] ?? "3";
      const needs =
        path.startsWith("bots.") && path !== "bots.gamma" ? ["--noise=3", "--strategy=noisy"] : [];
      const others = needs.filter((flag) => !flag.startsWith(`--${name}=`));
      const { market } = loadRun([`--${name}`, value, ...others], project);
      const [first = "", second = ""] = path.split(".");
      const outer = (market as unknown as Record<string, unknown>)[first];
      const set = second === "" ? outer : (outer as Record<string, unknown>)[second];
      expect(String(set).toLowerCase(), name).to.equal(value.toLowerCase());
    }
    const withFlag = flags.flatMap(({ path }) => path ?? []);
    expect(fieldPaths.filter((path) => !withFlag.includes(path))).to.deep.equal([
      "agents.source",
      "agents.path",
    ]);
  });

  it("recomputes what follows from the capacity", () => {
    const { market } = load("--capacity 80");
    expect(market).to.include({ primalTolerance: 0.08, movementTolerance: 0.8 });
    expect(load("--capacity 80 --primal-tolerance 1").market.primalTolerance).to.equal(1);
  });

  it("replaces the agents with a CSV's, which has no seed", () => {
    const { agents, seed, market } = load("--agents markets/data/agents-example.csv");
    expect(agents).to.have.length(8);
    expect(seed).to.equal(null);
    expect(market.name).to.equal("default");
  });

  it("replaces the agents with 50 sampled from ratings, or as many as it says", () => {
    const path = "markets/data/ratings-sample.data";
    const { agents, seed, market } = load(`--ratings ${path}`);
    expect(agents).to.have.length(50);
    expect(seed).to.equal(1);
    expect(market.agents).to.deep.equal({
      source: "ratings",
      path: join(project, path),
      n: 50,
      seed: 1,
    });
    expect(load(`--ratings ${path} --n 7 --seed 4`)).to.deep.include({ seed: 4 });
    expect(load(`--ratings ${path} --n 7 --seed 4`).agents).to.have.length(7);
  });

  it("takes paths from the folder it is in, a market's own from the market's", () => {
    const market = '{"capacity": 5, "agents": {"source": "csv", "path": "a.csv"}}';
    const csv = "id,valuation,alpha,shape,cost,beta,delta\nb,log,5,,linear,-1,\n";
    inFolder({ "m.json": market, "a.csv": csv }, (folder) => {
      const line = 'a.csv:2: beta: given "-1", allowed a number at least 0 for linear';
      expect(refusalOf(() => loadRun(["--market", "m.json"], folder))).to.equal(line);
      expect(refusalOf(() => loadRun(["--agents", "a.csv"], folder))).to.equal(line);
    });
  });

  it("keeps the options of the run", () => {
    expect(load("--json --network localhost").options).to.include({
      json: true,
      network: "localhost",
    });
    expect(load("--rpc http://127.0.0.1:8545").options.rpc).to.equal("http://127.0.0.1:8545");
    expect(load("--capacity=60").market.capacity).to.equal(60);
  });

  const ratings = "markets/data/ratings-sample.data";
  const capacity = "allowed a number above 0 up to 309485009.8…";
  const cases: [line: string, message: string][] = [
    ["--capacity -5", `--capacity: given -5, ${capacity}`],
    ["--capacity abc", `--capacity: given abc, ${capacity}`],
    ["--capacity", `--capacity: given nothing, ${capacity}`],
    ["--capacity --json", `--capacity: given nothing, ${capacity}`],
    ["--rule Secnt", "--rule: given Secnt, allowed Constant, InverseSqrt, RobbinsMonro or Secant"],
    ["--policy x", "--policy: given x, allowed Refunding or PerSubmission"],
    ["--seed 1.5", "--seed: given 1.5, allowed a whole number from 0 to 4294967295"],
    ["--n 0", "--n: given 0, allowed a whole number from 1 to 10000"],
    ["--token-decimals 19", "--token-decimals: given 19, allowed a whole number from 0 to 18"],
    [
      "--unit-fee 1.23456789012",
      "--unit-fee: given 1.23456789012, allowed at most eight significant digits, as in 1.2345679",
    ],
    [
      "--capactiy 5",
      "--capactiy: given an unknown flag, allowed those that --help lists; did you mean --capacity?",
    ],
    ["--zzzzzzzzzzzz 5", "--zzzzzzzzzzzz: given an unknown flag, allowed those that --help lists"],
    ["-n 5", "-n: given an unknown flag, allowed those that --help lists; did you mean --n?"],
    [
      "markets/paper.json",
      "markets/paper.json: given without a flag, allowed only as the value of one; did you mean --market markets/paper.json?",
    ],
    ["--json=yes", "--json: given yes, allowed no value"],
    ["--seed 1 --seed 2", "--seed: given more than once, allowed once"],
    ["--market=", "--market: given nothing, allowed the path of a file"],
    ["--market no.json", "no.json: given a path with no file, allowed a market file"],
    ["--agents no.csv", "no.csv: given a path with no file, allowed a CSV file of agents"],
    ["--ratings no.data", "no.data: given a path with no file, allowed a ratings file"],
    [
      `--agents a.csv --ratings ${ratings}`,
      "--agents: given together with --ratings, allowed one of the two",
    ],
    [
      "--agents markets/data/agents-example.csv --n 5",
      "--n: given 5, allowed only with agents from paper or ratings; here they come from csv",
    ],
    [
      "--market markets/csv-example.json --seed 5",
      "--seed: given 5, allowed only with agents from paper or ratings; here they come from csv",
    ],
    [
      `--ratings ${ratings} --n 61`,
      `${ratings}: given n = 61, allowed n up to 60, the users in the file`,
    ],
    ["--rpc localhost", "--rpc: given localhost, allowed an http, https, ws or wss address"],
    ["--network a --rpc http://b", "--network: given together with --rpc, allowed one of the two"],
    ["--noise 1", "--noise: given 1, allowed 0 with the strategy truthful; above 0 is for noisy"],
  ];
  for (const [line, message] of cases) {
    it(`is refused: ${message}`, () => {
      expect(refusal(line)).to.equal(message);
    });
  }

  it("accepts only the groups of its command", () => {
    expect(parseFlags(["--network", "localhost"], ["network"]).network).to.equal("localhost");
    expect(refusalOf(() => parseFlags(["--gamma", "1"], ["network"]))).to.equal(
      "--gamma: given a flag that this command does not take, allowed those that --help lists",
    );
  });

  it("lets a flag stand in for a field of the file that is wrong", () => {
    const market = '{"capacity": -1, "agents": {"source": "paper"}}';
    inFolder({ "m.json": market }, (folder) => {
      const run = loadRun(["--market", "m.json", "--capacity", "9"], folder);
      expect(run.market.capacity).to.equal(9);
      expect(refusalOf(() => loadRun(["--market", "m.json"], folder))).to.equal(
        `m.json: capacity: given -1, ${capacity}`,
      );
    });
  });

  it("lets the file's mistakes show when a flag goes inside one of them", () => {
    const market = '{"capacity": 1, "token": 3, "agents": {"source": "paper"}}';
    inFolder({ "m.json": market }, (folder) => {
      expect(
        refusalOf(() => loadRun(["--market", "m.json", "--token-decimals", "9"], folder)),
      ).to.equal("m.json: token: given 3, allowed an object with symbol or decimals");
    });
  });
});

describe("--help", () => {
  it("wins over everything else on the line", () => {
    expect(load("--market no.json --nonsense --help").options.help).to.equal(true);
    expect(asksForHelp(["-h"])).to.equal(true);
    expect(asksForHelp(["--json"])).to.equal(false);
  });

  it("explains every flag that the command accepts, and no other", () => {
    const text = helpText([...everyGroup, "deployed"]);
    for (const { name, about, allowed, placeholder } of flags) {
      expect(text).to.include(
        placeholder === undefined ? `--${name} ` : `--${name} ${placeholder}`,
      );
      expect(text).to.include(about);
      if (placeholder !== undefined) expect(text).to.include(allowed);
    }
    expect(flagsOf([...everyGroup, "deployed"])).to.have.length(flags.length);
    expect(helpText(["network"]))
      .to.include("--rpc URL")
      .and.not.include("--capacity");
  });
});

describe("the market files in markets/", () => {
  const files = readdirSync(join(project, "markets")).filter((name) => name.endsWith(".json"));
  for (const file of files) {
    it(`are ready to run: ${file}`, () => {
      const { market, agents } = load(`--market markets/${file}`);
      expect(`${market.name}.json`).to.equal(file);
      expect(agents).to.not.be.empty;
    });
  }

  it("are the paper's market with half the capacity and with its own, ratings and a CSV", () => {
    expect(files).to.include.members([
      "default.json",
      "paper.json",
      "ratings.json",
      "csv-example.json",
    ]);
    expect(load("--market markets/paper.json").market.capacity).to.equal(100);
  });
});
