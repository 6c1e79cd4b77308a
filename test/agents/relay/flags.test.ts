import { expect } from "chai";

import { parseRelayFlags } from "../../../agents/relay/flags.ts";

const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const least = ["--rpc", "http://127.0.0.1:8545", "--market", MARKET];

describe("The flags of a relay", () => {
  it("have defaults but for nodes and market", () => {
    expect(parseRelayFlags(least)).to.deep.equal({
      rpc: ["http://127.0.0.1:8545"],
      market: MARKET,
      host: "127.0.0.1",
      port: 9700,
      batch: 200,
      rate: 200,
      maxFee: 100_000_000_000n,
      budget: undefined,
      polling: 1000,
      keystore: undefined,
      passwordFile: undefined,
    });
  });

  it("are read in the units they are given in", () => {
    const more = ["--max-fee", "2.5", "--budget", "0.01", "--polling", "0.5", "--batch", "7"];
    expect(parseRelayFlags([...least, ...more])).to.include({
      maxFee: 2_500_000_000n,
      budget: 10_000_000_000_000_000n,
      polling: 500,
      batch: 7,
    });
    const urls = ["--rpc", "https://a.example/x,wss://b.example", "--market", MARKET];
    expect(parseRelayFlags(urls).rpc).to.deep.equal(["https://a.example/x", "wss://b.example"]);
  });

  const refusals: [args: string[], sentence: string][] = [
    [["--market", MARKET], "--rpc: not given, allowed http(s) or ws(s) URLs, with commas between"],
    [
      ["--rpc", "http://a.example"],
      "--market: not given, allowed the address of a market, its checksum right",
    ],
    [
      ["--rpc", "a.example", "--market", MARKET],
      "--rpc: given a.example, allowed http(s) or ws(s) URLs, with commas between",
    ],
    [
      ["--rpc", "http://a.example", "--market", MARKET.toUpperCase()],
      `--market: given ${MARKET.toUpperCase()}, allowed the address of a market, its checksum right`,
    ],
    [[...least, "--port", "70000"], "--port: given 70000, allowed a whole number from 0 to 65535"],
    [[...least, "--batch", "0"], "--batch: given 0, allowed a whole number from 1 to 500"],
    [[...least, "--batch", "501"], "--batch: given 501, allowed a whole number from 1 to 500"],
    [[...least, "--max-fee", "0"], "--max-fee: given 0, allowed gwei, above 0"],
    [[...least, "--budget", "some"], "--budget: given some, allowed native token, above 0"],
    [[...least, "--polling", "0"], "--polling: given 0, allowed seconds from 0.01 to 600"],
  ];
  for (const [args, sentence] of refusals) {
    it(`are refused in one line: ${sentence}`, () => {
      expect(() => parseRelayFlags(args)).to.throw(sentence);
    });
  }
  const edges: [flag: string, takes: Record<string, unknown>, refuses: string[]][] = [
    [
      "host",
      Object.fromEntries(["::1", "a_b-c.d", "x".repeat(255)].map((name) => [name, name])),
      ["a b", " a", "x".repeat(256), "h/"],
    ],
    ["port", { 0: 0, 65535: 65535 }, ["65536", "1.5", "1x", "x1", "0000000001"]],
    ["batch", { 1: 1, 500: 500 }, ["1x"]],
    ["rate", { 1: 1, 1000000: 1_000_000 }, ["0", "1000001"]],
    [
      "max-fee",
      { "0.000000001": 1n, "999999999999": 999_999_999_999n * 10n ** 9n, "12.25": 12_250_000_000n },
      ["0.0", "0.0000000001", "1234567890123", "1x", "x1", "1."],
    ],
    ["budget", { "0.000000001": 10n ** 9n }, ["0", "x1", "1x"]],
    [
      "polling",
      { "0.01": 10, 600: 600_000, "12.25": 12_250 },
      ["0.009", "600.1", "1x", "x1", "1."],
    ],
    ["rpc", { "ws://a": ["ws://a"] }, ["ftp://a", "http://a,b", "xhttp://a"]],
    ["keystore", { "a b.json": "a b.json" }, []],
    ["password-file", { "/run/password": "/run/password" }, []],
  ];
  for (const [flag, takes, refuses] of edges) {
    it(`are taken up to their edges, and not beyond: --${flag}`, () => {
      const others = flag === "rpc" ? least.slice(2) : least;
      const field = flag.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
      for (const [given, value] of Object.entries(takes)) {
        const flags = parseRelayFlags([...others, `--${flag}=${given}`]);
        expect(flags[field as keyof typeof flags], given).to.deep.equal(value);
      }
      for (const given of refuses) {
        expect(() => parseRelayFlags([...others, `--${flag}=${given}`]), given).to.throw(
          `--${flag}: given ${given}, allowed `,
        );
      }
    });
  }

  it("are pointed to where one is unknown", () => {
    expect(() => parseRelayFlags([...least, "--bacth", "5"])).to.throw(/--bacth.*--batch/);
  });
});
