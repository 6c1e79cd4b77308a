import path from "node:path";

import { preview, type Plugin } from "vite";

import { BUILT } from "./build.ts";
import { POLICY } from "./policy.ts";

/** Where the page is served, unless somebody else is there. */
export const PORT = 4173;

/** The page, served. */
export type ServedDashboard = { url: string; close: () => Promise<void> };

/**
 * Serve the built page on this machine only.
 *
 * @param port the first that is tried; 0 for any
 * @param local what the page is told of the markets deployed from here, asked each time
 */
export async function serveDashboard(
  port: number,
  local: () => Promise<unknown>,
): Promise<ServedDashboard> {
  const server = await preview({
    configFile: false,
    root: path.dirname(BUILT),
    base: "/",
    // A file that is not there is not there, instead of the page once more.
    appType: "mpa",
    logLevel: "warn",
    build: { outDir: BUILT },
    preview: {
      host: "127.0.0.1",
      port,
      headers: {
        "Content-Security-Policy": `${POLICY}; frame-ancestors 'none'`,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      },
    },
    plugins: [localMarkets(local)],
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

/** `deployments.json` beside the page: where the local node is, and what was deployed to which chain. */
const localMarkets = (local: () => Promise<unknown>): Plugin => ({
  name: "local-markets",
  configurePreviewServer: ({ middlewares }) => {
    middlewares.use("/deployments.json", (_request, response, next) => {
      local()
        .then((answer) => {
          response.setHeader("content-type", "application/json");
          response.setHeader("cache-control", "no-store");
          response.end(JSON.stringify(answer));
        })
        .catch(next);
    });
  },
});
