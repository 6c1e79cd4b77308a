/** What the page's server says of the markets deployed from its folder: `deployments.json`. */
export type LocalMarkets = {
  /** The node's address. */
  rpc: string;
  /** The one deployed last on each chain, or the one named. */
  markets: LocalMarket[];
};

export type LocalMarket = {
  chainId: number;
  address: string;
  /** The chain's height before it was deployed. */
  block: number;
  name: string;
};
