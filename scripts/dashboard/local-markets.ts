import { readdir } from "node:fs/promises";
import path from "node:path";

import type { LocalMarkets } from "../../markets/local-markets.ts";
import { readDeployment } from "../run/deployment-file.ts";

/**
 * What was deployed from a folder, for the page.
 *
 * @param out the folder of results
 * @param address of the one market wanted; those deployed last if not given
 */
export async function localMarkets(
  out: string,
  rpc: string,
  address?: string,
): Promise<LocalMarkets> {
  const files = await readdir(path.join(out, "deployments")).catch(() => []);
  const chains = new Set(
    files.flatMap((file) => /^chain-(\d+)(?:-0x\w+)?\.json$/.exec(file)?.[1] ?? []),
  );
  const found = await Promise.all(
    [...chains].map((chain) => readDeployment(out, Number(chain), address).catch(() => undefined)),
  );
  return {
    rpc,
    markets: found.flatMap((deployment) =>
      deployment === undefined
        ? []
        : [
            {
              chainId: deployment.chainId,
              address: deployment.contract,
              block: deployment.block,
              name: deployment.market.name,
            },
          ],
    ),
  };
}
