import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { parseConfig, readConfig } from "../../../agents/program/config.ts";
import { configTable } from "../../../agents/program/config-fields.ts";
import { createMetrics } from "../../../agents/program/metrics.ts";
import { parseFlags, sliceOf } from "../../../agents/program/flags.ts";
import { InputError } from "../../../markets/input-error.ts";
import { drawAgents } from "../../../mechanism/random.ts";

const market = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const least = {
  rpc: "http://127.0.0.1:8545",
  chainId: 31337,
  market,
  agents: { source: "paper", n: 3, seed: 1 },
  deposit: 100,
};

const complaintOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(InputError);
    return (error as Error).message;
  }
  return expect.fail("there was no complaint");
};
const refusal = (fields: object): string =>
  complaintOf(() => parseConfig({ ...least, ...fields }, "fleet.json", "/"));

describe("A fleet's configuration", () => {
  it("gives single agents a deposit and a strategy of their own", () => {
    const [one, two] = drawAgents(3, 1).map(({ id }) => id);
    const lazy = { strategy: "lazy", deadband: 0.5 };
    const exceptions = [
      { agent: one, deposit: 7.5 },
      { agent: two, deposit: "8", bots: lazy },
    ];
    const { exceptions: read } = parseConfig({ ...least, exceptions }, "fleet.json", "/");
    expect([...read]).to.deep.equal([
      [one, { deposit: 7.5 }],
      [two, { deposit: 8, strategy: { name: "lazy", gamma: 0, deadband: 0.5 } }],
    ]);
    const wrong = (...given: unknown[]): string => refusal({ exceptions: given });
    const id = "the id of an agent of the fleet, each once";
    expect(refusal({ exceptions: 5 })).to.equal(
      "fleet.json: exceptions: given 5, allowed a list of objects with agent (an id), deposit and bots",
    );
    const cases: [unknown[], string][] = [
      [[5], "exceptions.0: given 5, allowed an object with agent, deposit or bots"],
      [[{ deposit: 5 }], `exceptions.0.agent: not given, allowed ${id}`],
      [[{ agent: "x" }], `exceptions.0.agent: given "x", allowed ${id}`],
      [[{ agent: one }, { agent: one }], `exceptions.1.agent: given "${one}", allowed ${id}`],
      [
        [{ agent: one, deposit: -1 }],
        "exceptions.0.deposit: given -1, allowed a number above 0 up to 79228162514.2…",
      ],
      [
        [{ agent: one, depositt: 1 }],
        'exceptions.0: given the unknown field "depositt", allowed agent, deposit or bots; did you mean deposit?',
      ],
      [
        [{ agent: one, bots: 5 }],
        "exceptions.0.bots: given 5, allowed an object with strategy, gamma, noise, deadband or seed",
      ],
      [
        [{ agent: one, bots: { strategy: "lazy" } }],
        "exceptions.0.bots.deadband: not given, allowed above 0",
      ],
    ];
    for (const [given, sentence] of cases)
      expect(wrong(...given)).to.equal(`fleet.json: ${sentence}`);
  });

  it("needs nodes, chain, market, agents and deposit; the rest has defaults", () => {
    const config = parseConfig(least, "fleet.json", "/");
    expect(config).to.deep.equal({
      rpc: ["http://127.0.0.1:8545"],
      chainId: 31337n,
      market,
      fromBlock: 0,
      agents: drawAgents(3, 1),
      deposit: 100,
      strategy: { name: "truthful", gamma: 0 },
      exceptions: new Map(),
      keys: {},
      keeper: true,
      keeperAccount: 0,
      budget: { keep: 0n },
      fees: { cap: 100_000_000_000n, bumpPercent: 12, bumpAfter: 30_000 },
      polling: 1000,
      timeout: 10_000,
      log: "info",
      monitor: { host: "127.0.0.1", port: 9464, staleAfter: 120_000 },
    });
    for (const field of Object.keys(least)) {
      expect(refusal({ [field]: undefined })).to.match(
        new RegExp(`^fleet.json: ${field}: not given, allowed `),
      );
    }
  });

  it("takes money in tokens, gas in gwei and times in seconds", () => {
    const config = parseConfig(
      {
        ...least,
        budget: { total: 0.5, perAgent: "0.01", keep: 2 },
        gas: { maxFee: 1.5, bumpPercent: 20, bumpAfter: 12 },
        polling: 0.5,
        bots: { strategy: "noisy", noise: 0.1, seed: 4 },
      },
      "fleet.json",
      "/",
    );
    const [total, perSender, keep] = [5n * 10n ** 17n, 10n ** 16n, 2n * 10n ** 18n];
    expect(config.budget).to.deep.equal({ total, perSender, keep });
    expect(config.fees).to.deep.equal({ cap: 1_500_000_000n, bumpPercent: 20, bumpAfter: 12_000 });
    expect(config.polling).to.equal(500);
    expect(config.strategy).to.deep.equal({ name: "noisy", gamma: 0, noise: 0.1, seed: 4 });
  });

  const refused: [object, string][] = [
    [
      { rpc: "ftp://x" },
      'fleet.json: rpc: given "ftp://x", allowed one to eight http(s) or ws(s) URLs, the preferred one first',
    ],
    [
      { rpc: [] },
      "fleet.json: rpc: given [], allowed one to eight http(s) or ws(s) URLs, the preferred one first",
    ],
    [
      { budget: { total: 0 } },
      "fleet.json: budget.total: given 0, allowed a number above 0 up to 1000000000",
    ],
    [
      { chainId: 0 },
      "fleet.json: chainId: given 0, allowed a whole number from 1 to 9007199254740991",
    ],
    [
      { market: market.toUpperCase() },
      `fleet.json: market: given "${market.toUpperCase()}", allowed an address, as in ${market}`,
    ],
    [
      { deposit: -1 },
      "fleet.json: deposit: given -1, allowed a number above 0 up to 79228162514.2…",
    ],
    [{ keeper: "yes" }, 'fleet.json: keeper: given "yes", allowed true or false'],
    [
      { gas: { bumpPercent: 9 } },
      "fleet.json: gas.bumpPercent: given 9, allowed a whole number from 10 to 1000",
    ],
    [
      { gas: 5 },
      "fleet.json: gas: given 5, allowed an object with maxFee, bumpPercent or bumpAfter",
    ],
    [
      { monitor: { port: 70_000 } },
      "fleet.json: monitor.port: given 70000, allowed a whole number from 0 to 65535",
    ],
    [
      { monitor: { prot: 7 } },
      'fleet.json: monitor: given the unknown field "prot", allowed host, port or staleAfter; did you mean port?',
    ],
    [
      { bots: { noise: 1 } },
      "fleet.json: bots.noise: given 1, allowed 0 with the strategy truthful; above 0 is for noisy",
    ],
    [{ bots: { strategy: "lazy" } }, "fleet.json: bots.deadband: not given, allowed above 0"],
    [{ log: "loud" }, 'fleet.json: log: given "loud", allowed debug, info, warn or error'],
    [
      { agents: 5 },
      "fleet.json: agents: given 5, allowed a list of agents, the path of a CSV or JSON file of them, or { source, n, seed } as in a market file",
    ],
    [
      { agents: { source: "ratings" } },
      'fleet.json: agents.source: given "ratings", allowed "paper"; or a list, or a path',
    ],
    [
      { agents: { source: "paper", m: 3 } },
      'fleet.json: agents: given the unknown field "m", allowed source, n or seed; did you mean n?',
    ],
    [{ agents: [] }, "fleet.json: agents: given 0 agents, allowed 1 to 10000"],
    [
      { agents: [{ id: "a", valuation: "log", alpha: -1, cost: "linear", beta: 1 }] },
      'fleet.json: agents.0: alpha: given "-1", allowed a number above 0 for log',
    ],
    [
      { agents: [{ id: "a", valutaion: "log" }] },
      'fleet.json: agents.0: given the unknown field "valutaion", allowed id, valuation, alpha, shape, cost, beta or delta; did you mean valuation?',
    ],
  ];
  for (const [fields, message] of refused) {
    it(`is refused in one line: ${JSON.stringify(fields)}`, () => {
      expect(refusal(fields)).to.equal(message);
    });
  }

  it("has its agents in the file, or in a CSV or JSON beside it", () => {
    const folder = mkdtempSync(join(tmpdir(), "fleet-"));
    try {
      const rows = [
        { id: "a", valuation: "log", alpha: 12, cost: "linear", beta: 1.5 },
        {
          id: "b",
          valuation: "isoelastic",
          alpha: 9,
          shape: 0.5,
          cost: "quadratic",
          beta: 0,
          delta: 0.2,
        },
      ];
      const csv =
        "id,valuation,alpha,shape,cost,beta,delta\na,log,12,,linear,1.5,\nb,isoelastic,9,0.5,quadratic,0,0.2\n";
      writeFileSync(join(folder, "agents.csv"), csv);
      writeFileSync(join(folder, "agents.json"), JSON.stringify(rows));
      const [inline, fromCsv, fromJson] = [rows, "agents.csv", "agents.json"].map((agents) => {
        writeFileSync(join(folder, "fleet.json"), JSON.stringify({ ...least, agents }));
        return readConfig("fleet.json", folder).agents;
      });
      expect(inline).to.deep.equal([
        { id: "a", valuation: { family: "log", alpha: 12 }, cost: { family: "linear", beta: 1.5 } },
        {
          id: "b",
          valuation: { family: "isoelastic", alpha: 9, shape: 0.5 },
          cost: { family: "quadratic", beta: 0, delta: 0.2 },
        },
      ]);
      expect(fromCsv).to.deep.equal(inline);
      expect(fromJson).to.deep.equal(inline);
      const absent = complaintOf(() => readConfig("no.json", folder));
      expect(absent).to.equal(
        "no.json: given a path with no file, allowed a fleet's configuration",
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has its keys and its agents' files beside it, and its relay's URL as it is", () => {
    const keys = { keystore: "keys/fleet.json", passwordFile: "/run/password" };
    const relay = "https://relay.example/demands";
    const config = parseConfig({ ...least, keys, relay }, "fleet.json", "/etc/fleet");
    expect(config.keys).to.deep.equal({
      keystore: "/etc/fleet/keys/fleet.json",
      passwordFile: "/run/password",
    });
    expect(config.relay).to.equal(relay);
    const plain = parseConfig({ ...least, keys: {} }, "fleet.json", "/");
    expect(plain.keys).to.deep.equal({});
    expect(plain).not.to.have.property("relay");
  });

  it("takes one to eight nodes over HTTP or WebSocket", () => {
    const all = ["http://a", "https://b", "ws://c", "wss://d/key"];
    const eight = [...all, ...all];
    expect(parseConfig({ ...least, rpc: eight }, "fleet.json", "/").rpc).to.deep.equal(eight);
    const allowed = "allowed one to eight http(s) or ws(s) URLs, the preferred one first";
    for (const rpc of [[...eight, "http://e"], [...all, "ftp://e"], "node", 5, [["http://a"]]]) {
      expect(refusal({ rpc }), JSON.stringify(rpc)).to.include(allowed);
    }
    for (const relay of ["ws://relay", "relay", 5]) {
      expect(refusal({ relay })).to.equal(
        `fleet.json: relay: given ${JSON.stringify(relay)}, allowed an http(s) URL`,
      );
    }
  });

  it("has agents that are no objects refused by their place, in the file and in one of their own", () => {
    const columns = "allowed an object with id, valuation, alpha, shape, cost, beta or delta";
    for (const odd of [null, 5, "x", [1]]) {
      expect(refusal({ agents: [odd] })).to.equal(`fleet.json: agents.0: ${columns}`);
    }
    expect(refusal({ agents: null })).to.include("agents: given null, allowed a list of agents");
    const row = { id: "a", valuation: "log", cost: "linear", beta: 1 };
    expect(refusal({ agents: [{ ...row, alpha: true }] })).to.equal(
      'fleet.json: agents.0: alpha: given "true", allowed a number, as in 12.5, for log',
    );
    expect(refusal({ agents: [row] })).to.equal(
      "fleet.json: agents.0: alpha: given nothing, allowed a number, as in 12.5, for log",
    );
    const folder = mkdtempSync(join(tmpdir(), "fleet-"));
    try {
      const complaint = (agents: unknown): string => {
        writeFileSync(join(folder, "agents.json"), JSON.stringify(agents));
        return complaintOf(() =>
          parseConfig({ ...least, agents: "agents.json" }, "fleet.json", folder),
        );
      };
      expect(complaint([5])).to.equal(`agents.json: 0: ${columns}`);
      expect(complaint({ a: 1 })).to.equal('agents.json: given {"a":1}, allowed a list of agents');
      expect(complaint([{ ...row, valutaion: "log" }])).to.equal(
        `agents.json: 0: given the unknown field "valutaion", ${columns.replace("an object with ", "")}; did you mean valuation?`,
      );
      rmSync(join(folder, "agents.json"));
      expect(
        complaintOf(() => parseConfig({ ...least, agents: "agents.json" }, "fleet.json", folder)),
      ).to.equal("agents.json: given a path with no file, allowed a JSON list of agents");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is told of a field it does not know before one that is wrong, and what the file may have", () => {
    expect(refusal({ deposit: -1, markt: 5 })).to.match(
      /^fleet\.json: given the unknown field "markt", allowed rpc, chainId, .*; did you mean market\?$/,
    );
    expect(complaintOf(() => parseConfig(5, "fleet.json", "/"))).to.match(
      /^fleet\.json: given 5, allowed an object with rpc, chainId, .* or monitor$/,
    );
    const exceptions = Array.from({ length: 11 }, () => ({ agent: "x", bot: 1 }));
    expect(
      refusal({ exceptions: [...drawAgents(3, 1).map(({ id }) => ({ agent: id })), 5] }),
    ).to.equal("fleet.json: exceptions.3: given 5, allowed an object with agent, deposit or bots");
    expect(refusal({ exceptions })).to.include("exceptions.0: given the unknown field");
  });

  it("is told field by field in docs/operating.md", () => {
    const file = fileURLToPath(new URL("../../../docs/operating.md", import.meta.url));
    const table = /<!-- fields -->\n(.*?)\n<!-- \/fields -->/s.exec(
      readFileSync(file, "utf8"),
    )?.[1];
    expect(table).to.equal(configTable());
  });
});

describe("The flags of the agents' program", () => {
  it("name the slice", () => {
    const flags = parseFlags(["--config", "f.json", "--from", "20", "--to", "40", "--once"]);
    expect(flags).to.include({ config: "f.json", from: 20, to: 40, once: true, addresses: false });
    expect(sliceOf(flags, 60)).to.deep.equal({ from: 20, to: 40 });
    expect(sliceOf(parseFlags(["--config", "f.json"]), 60)).to.deep.equal({ from: 0, to: 60 });
  });

  it("say what is to be done, each as it is given and nothing else", () => {
    const none = { once: false, addresses: false };
    expect(parseFlags(["--config", "f"])).to.deep.equal({ config: "f", ...none });
    expect(parseFlags(["--config", "f", "--addresses"])).to.deep.equal({
      config: "f",
      once: false,
      addresses: true,
    });
    expect(parseFlags(["--encrypt", "k", "--password-file", "p"])).to.deep.equal({
      encrypt: "k",
      passwordFile: "p",
      ...none,
    });
    expect(parseFlags(["--config", "f", "--to", "007"])).to.deep.equal({
      config: "f",
      to: 7,
      ...none,
    });
  });

  const bad: [string[], string][] = [
    [[], "--config: not given, allowed the path of a fleet's configuration"],
    [
      ["--config", "f", "--form", "3"],
      "--form: given an unknown flag; did you mean --from?; --help lists all",
    ],
    ...["x", "1x", "x1", "-1", "1234567890"].map((given): [string[], string] => [
      ["--config", "f", `--from=${given}`],
      `--from: given ${given}, allowed a whole number from 0`,
    ]),
    [
      ["--config", "f", "--from", "60"],
      "--from: given 60, allowed 0 to 59: the fleet has 60 agents",
    ],
    [
      ["--config", "f", "--from", "20", "--to", "20"],
      "--to: given 20, allowed 21 to 60: the fleet has 60 agents, the slice starts at 20",
    ],
    [
      ["--config", "f", "--to", "61"],
      "--to: given 61, allowed 1 to 60: the fleet has 60 agents, the slice starts at 0",
    ],
  ];
  for (const [argv, message] of bad) {
    it(`are refused in one line: ${argv.join(" ")}`, () => {
      expect(complaintOf(() => sliceOf(parseFlags(argv), 60))).to.equal(message);
    });
  }
});

describe("The metrics of the agents' program", () => {
  it("are all told in docs/operating.md", async () => {
    const file = fileURLToPath(new URL("../../../docs/operating.md", import.meta.url));
    const text = readFileSync(file, "utf8");
    const live = { headAge: () => 0, budgetLeft: () => 0, onTheirWay: () => 0 };
    const names = createMetrics(live)
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    expect(names.length).to.be.greaterThan(15);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it("tell what each is, and what is read when they are asked for", async () => {
    let left = 3;
    const live = { headAge: () => 2.5, budgetLeft: () => left, onTheirWay: () => 4 };
    const metrics = createMetrics(live);
    left = 1.5;
    metrics.requests.inc({ endpoint: "a", outcome: "answer" });
    metrics.failovers.inc({ endpoint: "b" });
    const text = await metrics.registry.metrics();
    const of = (name: string): string[] =>
      text
        .split("\n")
        .filter((line) => line.startsWith(`clearing_${name}`))
        .map((line) => line.slice("clearing_".length));
    expect(of("head_age")).to.deep.equal(["head_age_seconds 2.5"]);
    expect(of("budget_left")).to.deep.equal(["budget_left_ether 1.5"]);
    expect(of("transactions_on")).to.deep.equal(["transactions_on_their_way 4"]);
    expect(of("rpc")).to.deep.equal([
      'rpc_requests_total{endpoint="a",outcome="answer"} 1',
      'rpc_failovers_total{endpoint="b"} 1',
    ]);
    for (const [, help] of text.matchAll(/^# HELP \S+ ?(.*)$/gm)) expect(help).to.match(/^\w.{8}/);
  });

  it("tell nothing of a budget that there is not", () => {
    const live = { headAge: () => 0, budgetLeft: () => undefined, onTheirWay: () => 0 };
    const { registry } = createMetrics(live);
    expect(registry.getSingleMetric("clearing_budget_left_ether")).to.equal(undefined);
    expect(registry.getSingleMetric("clearing_budget_spent")).not.to.equal(undefined);
  });
});
