import type { LocalMarkets } from "../../markets/local-markets.ts";

/** What the page's own server says was deployed from its folder; undefined on a host that serves the page alone. */
export async function readLocalMarkets(): Promise<LocalMarkets | undefined> {
  const response = await fetch("./deployments.json", { cache: "no-store" }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  return (await response.json().catch(() => undefined)) as LocalMarkets | undefined;
}
