import { getAddress, isAddress } from "ethers";

import type { LocalMarkets } from "../../markets/local-markets.ts";

/** Which market to follow, as far as a person says; the rest is found where the page comes from. */
export type Where = {
  /** The node's address. */
  rpc?: string;
  /** The market's, with its checksum. */
  market?: string;
  /** A block before the market was deployed, for nodes that have forgotten where that was. */
  block?: number;
};

/**
 * What a person typed, or a link says: `rpc`, `market` and `block`.
 *
 * @throws RangeError naming what was given and what is allowed
 */
export function parseWhere(given: { get: (name: string) => string | null }): Where {
  const text = (name: string): string | undefined => {
    const typed = given.get(name)?.trim() ?? "";
    return typed === "" ? undefined : typed;
  };
  const [rpc, market, block] = [text("rpc"), text("market"), text("block")];
  if (rpc !== undefined && !(URL.canParse(rpc) && /^(https?|wss?):$/.test(new URL(rpc).protocol))) {
    throw new RangeError(`Node: given ${rpc}, allowed an http, https, ws or wss address.`);
  }
  const isMarket: boolean = market === undefined || isAddress(market);
  if (!isMarket) {
    throw new RangeError(
      /^0x[0-9a-f]{40}$/i.test(market ?? "")
        ? `Market: given ${market}, whose checksum is wrong: a letter or digit of it is; copy it anew.`
        : `Market: given ${market}, allowed the address of a contract, 0x and 40 hexadecimal digits.`,
    );
  }
  if (block !== undefined && !/^\d{1,15}$/.test(block)) {
    throw new RangeError(`From block: given ${block}, allowed a whole number from 0 on.`);
  }
  return {
    ...(rpc === undefined ? {} : { rpc }),
    ...(market === undefined ? {} : { market: getAddress(market) }),
    ...(block === undefined ? {} : { block: Number(block) }),
  };
}

/** Which node to ask; undefined if neither a person nor the page's server says. */
export function rpcOf({ rpc }: Where, local: LocalMarkets | undefined): string | undefined {
  return rpc ?? local?.rpc;
}

/** A market on a chain, with what is known of it where it was deployed. */
export type Place = { address: string; block: number | undefined; name: string | undefined };

/** Which market on this chain; undefined if nobody says. */
export function marketOf(
  { market, block }: Where,
  local: LocalMarkets | undefined,
  chainId: bigint,
): Place | undefined {
  const known = local?.markets.find((each) => BigInt(each.chainId) === chainId);
  const address = market ?? known?.address;
  if (address === undefined) return undefined;
  const named = known?.address === address ? known : undefined;
  return { address, block: block ?? named?.block, name: named?.name };
}

/** The query string that leads back here; empty where nothing was said. */
export function queryOf({ rpc, market, block }: Where): string {
  const query = new URLSearchParams();
  if (rpc !== undefined) query.set("rpc", rpc);
  if (market !== undefined) query.set("market", market);
  if (block !== undefined) query.set("block", String(block));
  return query.size === 0 ? "" : `?${query}`;
}
