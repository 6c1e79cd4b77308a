/** What the server of `npm run dashboard` says of the markets deployed from its folder. */
export type LocalMarkets = {
  rpc: string;
  markets: { chainId: number; address: string; block: number; name: string }[];
};

/** undefined on a host that serves the page alone. */
export async function readLocalMarkets(): Promise<LocalMarkets | undefined> {
  const response = await fetch("./deployments.json", { cache: "no-store" }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  return (await response.json().catch(() => undefined)) as LocalMarkets | undefined;
}
