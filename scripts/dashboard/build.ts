import path from "node:path";

import { build, type Plugin } from "vite";

import { POLICY } from "./policy.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Where the page is built to: static files that any host serves. */
export const BUILT = path.join(root, "dist-dashboard");

/** Build the page. It takes about a second, so it is done anew rather than asked whether it is needed. */
export async function buildDashboard(): Promise<void> {
  await build({
    configFile: false,
    root: path.join(root, "dashboard"),
    // Relative: it may be served from any folder.
    base: "./",
    logLevel: "warn",
    plugins: [withPolicy, browserOnly],
    build: { outDir: BUILT, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 700 },
  });
}

const withPolicy: Plugin = {
  name: "with-policy",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

/** Vite would put an empty module in place of Node's, and the page would fail only where it uses it. */
const browserOnly: Plugin = {
  name: "browser-only",
  enforce: "pre",
  resolveId(id, importer) {
    if (id.startsWith("node:")) this.error(`${importer ?? ""} imports ${id}: a browser has none`);
  },
};
