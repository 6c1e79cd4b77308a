import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { fees } from "../../../experiments/costs/fees.ts";
import { defaultPrices, readCostFlags } from "../../../experiments/costs/flags.ts";
import type { GasRow } from "../../../experiments/costs/gas-report.ts";
import { costOf, totalUsage, usageOf } from "../../../experiments/costs/prices.ts";
import { closeChain } from "../../../experiments/engines/chain.ts";
import { root } from "../../../scripts/test/hardhat.ts";

describe("What a usage costs", () => {
  const usage = { gas: 1e6, fjordBytes: 1_000, brotliBytes: 500 };
  const prices = { baseFee: 2, blobFee: 3, l2Fee: 0.5, ethPrice: 1_000 };

  it("is its gas at the base fee on L1", () => {
    // 10⁶ gas · 2 gwei = 0.002 ETH
    expect(costOf(usage, "Ethereum", prices)).to.be.closeTo(2, 1e-12);
  });

  it("is gas and bytes at the chain's scalars on the OP Stack", () => {
    // 0.0005 ETH, and 1,000 bytes · (16 · 0.005227 · 2 + 1.014213 · 3) gwei
    const bytes = 1_000 * (16 * 0.005227 * 2 + 1.014213 * 3) * 1e-9;
    expect(costOf(usage, "OP Mainnet", prices)).to.be.closeTo(0.5 + 1_000 * bytes, 1e-12);
    expect(costOf(usage, "Base", prices)).to.be.below(
      costOf({ ...usage, fjordBytes: 1_100 }, "Base", prices),
    );
  });

  it("is gas and a blob gas a byte on Arbitrum", () => {
    expect(costOf(usage, "Arbitrum One", prices)).to.be.closeTo(0.5 + 500 * 3 * 1e-6, 1e-12);
  });

  it("counts a transaction's bytes as its chain would, and adds up", () => {
    const short = usageOf({ kind: "close", gas: 50_000, data: "0x12345678" });
    // Too short for Fjord's guess: its least.
    expect(short.fjordBytes).to.equal(100);
    const noise = Array.from({ length: 400 }, (_, at) => ((at * 7919) % 251).toString(16)).join("");
    const long = usageOf({ kind: "submit", gas: 1, data: `0x${noise.slice(0, 600)}` });
    expect(long.fjordBytes).to.be.above(short.fjordBytes);
    expect(long.brotliBytes).to.be.above(short.brotliBytes);
    expect(totalUsage([short, long])).to.deep.equal({
      gas: 50_001,
      fjordBytes: short.fjordBytes + long.fjordBytes,
      brotliBytes: short.brotliBytes + long.brotliBytes,
    });
  });
});

describe("The flags of npm run gas and npm run fees", () => {
  it("give prices, and what holds without them", () => {
    const options = readCostFlags(["--base-fee", "2.5", "--quick"], "gas", true);
    expect(options).to.deep.include({ quick: true, prices: { ...defaultPrices, baseFee: 2.5 } });
  });

  it("refuse what they cannot use in one line that says what is allowed", () => {
    const refused = (argv: string[], name: "gas" | "fees"): string => {
      try {
        readCostFlags(argv, name, name === "gas");
      } catch (error) {
        return (error as Error).message;
      }
      return expect.fail("nothing was refused");
    };
    expect(refused(["--eth-price", "cheap"], "gas")).to.equal(
      "--eth-price: given cheap, allowed a number from 0 to 1000000",
    );
    expect(refused(["--blob-fee", "-1"], "gas")).to.include("--blob-fee: given -1");
    expect(refused(["--eth-price", "1"], "fees")).to.include("--eth-price: given an unknown flag");
    expect(refused(["--sead", "1"], "fees")).to.include("did you mean --seed?");
  });
});

describe("npm run gas and npm run fees", function () {
  this.timeout(120_000);
  after(closeChain);

  it("measure on the contract what a market takes, directly and over a relay", () => {
    const out = mkdtempSync(join(tmpdir(), "gas-"));
    try {
      const args = ["experiments/gas.ts", "--quick", "--eth-price", "1000", "--out", out];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      const { rows } = JSON.parse(readFileSync(join(out, "gas.json"), "utf8")) as {
        rows: GasRow[];
      };
      expect(rows.map(({ policy, mode }) => `${policy} ${mode}`)).to.deep.equal([
        "Refunding direct",
        "Refunding relayed",
        "PerSubmission direct",
        "PerSubmission relayed",
      ]);
      for (const { gasPerDemand, mode, n, rounds, gasPerRound, gasToClear, cost } of rows) {
        const [least, most] = mode === "direct" ? [30e3, 60e3] : [8e3, 25e3];
        expect(gasPerDemand).to.be.within(least, most);
        expect(gasPerRound).to.be.above(n * gasPerDemand);
        expect(gasToClear).to.be.above(rounds * gasPerRound);
        // 1 gwei a gas, 1,000 $ an ETH.
        expect(cost.Ethereum).to.be.closeTo(gasToClear * 1e-6, 1e-9);
        for (const name of ["OP Mainnet", "Base", "Arbitrum One"] as const)
          expect(cost[name]).to.be.within(cost.Ethereum / 1_000, cost.Ethereum / 10);
      }
      expect(readdirSync(out).toSorted()).to.deep.equal([
        "figures",
        "gas.csv",
        "gas.json",
        "index.html",
      ]);
      expect(readFileSync(join(out, "figures", "gas.svg"), "utf8"))
        .to.include("thousand gas")
        .and.not.include("NaN");
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  it("sweep each fee over the same agents, and say what it does", async () => {
    const parameters = { n: 3, capacity: 3 };
    const numbers = await fees.replicate(parameters, { seed: 1, replication: 0 }, "chain");
    // The paper's own terms stand in all three sweeps.
    for (const measure of ["efficiency", "revenue", "fees", "messages"]) {
      const [first, ...others] = ["unitFee/0.5", "progressiveFee/0", "executionFee/1"].map(
        (at) => numbers[`${at}/${measure}`],
      );
      expect(others, measure).to.deep.equal([first, first]);
    }
    expect(numbers["executionFee/8/participation"]).to.be.at.most(
      numbers["executionFee/0/participation"]!,
    );
    const samples = { columns: Object.keys(numbers), rows: [Object.values(numbers)] };
    const run = { seed: 1, replications: 1, engine: "chain" } as const;
    const { section, csv } = fees.conclude(samples, parameters, run);
    expect(csv).to.have.length(1 + 3 * 6 * 6);
    expect(section.blocks.filter(({ kind }) => kind === "figure")).to.have.length(3);
  });
});
