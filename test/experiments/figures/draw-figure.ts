import { drawSvg } from "../../../experiments/drawings/svg.ts";
import type { Experiment, Result } from "../../../experiments/experiment.ts";
import { runJob } from "../../../experiments/harness/job.ts";
import type { FigureBlock } from "../../../experiments/report/blocks.ts";

/** Users with means and numbers of ratings of their own: MovieLens itself may not be here. */
const raters = Array.from({ length: 120 }, (_, at) => ({
  user: at + 1,
  mean: 1 + at / 30,
  count: 20 + ((7 * at) % 100),
}));

/** A figure from few draws. */
export async function concluded(
  experiment: Experiment<object>,
  replications = 3,
): Promise<{ result: Result; block: FigureBlock }> {
  const { name, module } = experiment;
  const parameters = experiment.prepare({ raters, countries: "none" });
  if (typeof parameters === "string") throw new TypeError(parameters);
  const run = { seed: 1, replications, engine: "float" } as const;
  const samples = await runJob({ ...run, name, module, parameters, from: 0, to: replications });
  const result = experiment.conclude(samples, parameters, run);
  const block = result.section.blocks.find((one) => one.kind === "figure");
  if (block === undefined) throw new TypeError(`${name} has no figure`);
  return { result, block };
}

/** What an SVG says, piece by piece. */
export function textsOf({ picture }: FigureBlock): string[] {
  return [...drawSvg(picture).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text!.replaceAll("&#39;", "'"),
  );
}
