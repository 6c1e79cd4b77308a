import { mkdir, mkdtemp, readFile, rename, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

import { InputError } from "../../markets/input-error.ts";
import { parseMarket, type Market } from "../../markets/market-file.ts";
import type { Deployment } from "./deploy-market.ts";

/** What `deploy` tells `bots` and `status`: where the market is and what it was deployed for. */
export type DeploymentFile = Deployment & { market: Market };

const schema = z.object({
  chainId: z.number(),
  contract: z.string(),
  token: z.string(),
  block: z.number(),
  gas: z.object({ deploy: z.number(), fund: z.number() }),
  market: z.unknown(),
});

const fileOf = (out: string, chainId: number, address?: string): string =>
  path.join(
    out,
    "deployments",
    `chain-${chainId}${address === undefined ? "" : `-${address}`}.json`,
  );

/**
 * Find out before anything is sent whether results can be written.
 *
 * @throws InputError if the folder cannot be made or written to
 */
export async function checkOutputFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await rmdir(await mkdtemp(path.join(out, ".probe-")));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`--out: given ${out}, allowed a folder that can be written (${reason})`);
  }
}

/** Remember a market, and that it is the one deployed last on its chain. */
export async function writeDeployment(out: string, deployment: DeploymentFile): Promise<string> {
  const { chainId, contract } = deployment;
  const last = fileOf(out, chainId);
  await mkdir(path.dirname(last), { recursive: true });
  for (const file of [fileOf(out, chainId, contract), last]) {
    await writeFile(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`);
    await rename(`${file}.new`, file);
  }
  return last;
}

/**
 * What was remembered of a market.
 *
 * @param address the one deployed last on the chain if not given
 * @throws InputError if no such market was deployed from here, or the file is not one that `deploy` wrote
 */
export async function readDeployment(
  out: string,
  chainId: number,
  address?: string,
): Promise<DeploymentFile> {
  const file = fileOf(out, chainId, address);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new InputError(
      address === undefined
        ? `${file}: not there, so no market was deployed on chain ${chainId}; run npm run deploy first`
        : `${file}: not there, so what the agents of ${address} want is not known here; tell it with ` +
            `npm run deploy -- --market-address ${address} --market FILE, which deploys nothing and funds them`,
    );
  }
  try {
    const { market, ...deployment } = schema.parse(JSON.parse(text));
    return { ...deployment, market: parseMarket(market, { file }) };
  } catch {
    throw new InputError(`${file}: not a deployment as npm run deploy writes it; deploy again`);
  }
}
