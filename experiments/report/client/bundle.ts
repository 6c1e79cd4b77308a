import { fileURLToPath } from "node:url";

import { build } from "esbuild";

/** What makes the report's figures live: `live.ts` and all it imports, as one script. */
export async function bundleClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("live.ts", import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
    banner: { js: "/* Contains Apache ECharts, Apache License 2.0, and ZRender, BSD 3-Clause. */" },
  });
  // Inside a page nothing else may look like the end of the script.
  return outputFiles[0]!.text.replaceAll("</script", "<\\/script");
}
