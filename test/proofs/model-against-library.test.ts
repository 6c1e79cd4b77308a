import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect } from "chai";
import { AbiCoder, id } from "ethers";
import hre, { network } from "hardhat";
import { z } from "zod";

import { runCases } from "./harness-cases.ts";

const require = createRequire(import.meta.url);
const HARNESS = "test/contracts/support/ModelHarness.sol";
const ADDRESS = "0x00000000000000000000000000000000000c1ea4";
const BATCH = 500;

const cases = process.env["DEEP"] === "1" ? 1_000_000 : 20_000;
const seed = BigInt(process.env["SEED"] ?? "5504");

const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({ evm: z.object({ deployedBytecode: z.object({ object: z.string() }) }) }),
    ),
  ),
});

/** The harness compiled as the contracts are: Hardhat compiles what is under test/ without optimizer. */
function compileHarness(): string {
  const compiler = hre.config.solidity.profiles["default"]?.compilers[0];
  const solc = require("solc") as { compile: (input: string, callbacks: object) => string };
  const readImport = (path: string): { contents: string } => ({
    contents: readFileSync(path.startsWith("@") ? require.resolve(path) : path, "utf8"),
  });
  const input = {
    language: "Solidity",
    sources: { [HARNESS]: { content: readFileSync(HARNESS, "utf8") } },
    settings: {
      ...(compiler?.settings as object),
      outputSelection: { [HARNESS]: { ModelHarness: ["evm.deployedBytecode.object"] } },
    },
  };
  const output = outputSchema.parse(
    JSON.parse(solc.compile(JSON.stringify(input), { import: readImport })),
  );
  const errors = output.errors?.filter(({ severity }) => severity === "error") ?? [];
  if (errors.length > 0) throw new Error(errors[0]?.formattedMessage);
  return `0x${output.contracts[HARNESS]!["ModelHarness"]!.evm.deployedBytecode.object}`;
}

describe("The model against the compiled libraries", function () {
  this.timeout(3_600_000);

  let connection: Awaited<ReturnType<typeof network.create>>;
  before(async () => {
    connection = await network.create({
      override: { blockGasLimit: 1_000_000_000n, transactionGasCap: 1_000_000_000n },
    });
    const { provider } = connection;
    await provider.request({ method: "hardhat_setCode", params: [ADDRESS, compileHarness()] });
  });
  after(() => connection.close());

  async function onChain(from: bigint, count: number): Promise<{ digest: bigint; state: bigint }> {
    const coder = AbiCoder.defaultAbiCoder();
    const selector = id("run(uint256,uint256)").slice(0, 10);
    const data = selector + coder.encode(["uint256", "uint256"], [from, count]).slice(2);
    const answer: unknown = await connection.provider.request({
      method: "eth_call",
      params: [{ to: ADDRESS, data, gas: "0x3b9aca00" }, "latest"],
    });
    const [digest, state] = coder.decode(["uint256", "uint256"], String(answer)) as unknown as [
      bigint,
      bigint,
    ];
    return { digest, state };
  }

  it(`agrees on ${cases} random cases of every function`, async () => {
    let state = seed;
    const met = new Set<string>();
    for (let done = 0; done < cases; done += BATCH) {
      const chain = await onChain(state, BATCH);
      const computed = runCases(state, BATCH);
      for (const [name] of computed.results) met.add(name);
      if (chain.digest !== computed.digest) throw new Error(await firstDifference(state));
      expect(computed.state).to.equal(chain.state);
      state = chain.state;
    }
    expect([...met]).to.have.length.of.at.least(15);
  });

  /** The first case of a batch in which the digests part. */
  async function firstDifference(from: bigint): Promise<string> {
    let state = from;
    for (let index = 0; index < BATCH; index++) {
      const [chain, computed] = [await onChain(state, 1), runCases(state, 1)];
      if (chain.digest !== computed.digest) {
        const results = computed.results.map(([name, value]) => `${name} = ${value}`);
        return `the model differs in the case drawn from seed ${state}: ${results.join(", ")}`;
      }
      state = chain.state;
    }
    return "the batch differs, its cases alone do not";
  }
});
