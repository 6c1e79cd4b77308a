import { globSync } from "node:fs";
import { createRequire } from "node:module";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import type { HardhatPlugin } from "hardhat/types/plugins";

// The compiler comes from npm with everything else, pinned in the lock file: Hardhat never
// downloads one, so a build needs no network.
const require = createRequire(import.meta.url);
const compiler = require.resolve("solc/soljson.js");
const version = "0.8.37";
// What `npm run test:deep` sets: the same tests on many more cases.
const isDeep = process.env["DEEP"] === "1";
// Instrumented contracts are kept apart: nobody should deploy one.
const isCoverage = process.argv.includes("--coverage");
const reporter = require.resolve("./scripts/test/summary-reporter.cjs");

// Hardhat compiles files together only if they share one configuration object, and resolves every
// override to an object of its own: that would start the compiler once for each test file.
const sameSettings = <T>(configs: T[]): Map<string, T> =>
  new Map(configs.map((config) => [JSON.stringify(config), config]));
const sharedTestCompiler: HardhatPlugin = {
  id: "shared-test-compiler",
  hookHandlers: {
    config: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            resolveUserConfig: async (user, resolveVariable, next) => {
              const config = await next(user, resolveVariable);
              for (const { overrides } of Object.values(config.solidity.profiles)) {
                const shared = sameSettings(Object.values(overrides));
                for (const [file, config] of Object.entries(overrides))
                  overrides[file] = shared.get(JSON.stringify(config)) ?? config;
              }
              return config;
            },
          }),
      }),
  },
};

// Mining on demand, blocks come faster than seconds: else the chain's clock runs ahead of everybody's.
const simulated = {
  type: "edr-simulated",
  chainType: "l1",
  allowBlocksWithSameTimestamp: true,
} as const;

const compilers = [
  {
    version,
    path: compiler,
    // More runs would save a submission less than 200 gas and cost 800,000 at deployment.
    settings: { viaIR: true, optimizer: { enabled: true, runs: 200 } },
  },
];

// The keys are those of the run: its operator deploys.
const testnet = (chainId: number, chainType: "l1" | "op" | "generic", variable: string) =>
  ({
    type: "http",
    chainId,
    chainType,
    url: configVariable(variable),
    accounts: { mnemonic: configVariable("MNEMONIC") },
  }) as const;

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, sharedTestCompiler],
  solidity: {
    profiles: {
      default: {
        compilers,
        // Tests are compiled as fast as can be, but for the one that runs longest; the contracts they
        // deploy are the ones above.
        overrides: Object.fromEntries(
          globSync("test/contracts/**/*.sol", { cwd: import.meta.dirname }).map((file) => {
            const enabled = /Invariants\.t\.sol$|InvariantHandler\.sol$/.test(file);
            return [
              file.replaceAll("\\", "/"),
              { version, path: compiler, settings: { optimizer: { enabled } } },
            ];
          }),
        ),
      },
      // What verification compiles with: an explorer must come to the code that was deployed.
      production: { compilers },
    },
  },
  paths: {
    sources: "contracts",
    tests: { mocha: "test", solidity: "test/contracts" },
    ...(isCoverage ? { artifacts: "coverage/artifacts", cache: "coverage/cache" } : {}),
  },
  networks: {
    default: simulated,
    // What `hardhat node` serves.
    node: simulated,
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
    sepolia: testnet(11_155_111, "l1", "SEPOLIA_RPC_URL"),
    baseSepolia: testnet(84_532, "op", "BASE_SEPOLIA_RPC_URL"),
    opSepolia: testnet(11_155_420, "op", "OP_SEPOLIA_RPC_URL"),
    arbitrumSepolia: testnet(421_614, "generic", "ARBITRUM_SEPOLIA_RPC_URL"),
  },
  // Blockscout and Sourcify need no key.
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  // What TypeChain writes is not written to our compiler options; its types are still used.
  typechain: { tsNocheck: true },
  test: {
    mocha: { timeout: 120_000, reporter },
    solidity: {
      // A fixed seed: a run is the same on every machine. The invariant runs draw from it too:
      // nine campaigns of runs × depth calls each.
      fuzz: { runs: isDeep ? 10_000 : 256, seed: "0x636c656172696e67" },
      invariant: { runs: isDeep ? 8_704 : 256, depth: 132, failOnRevert: false },
    },
  },
});
