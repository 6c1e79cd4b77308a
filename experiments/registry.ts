import type { Experiment } from "./experiment.ts";
import { table6 } from "./tables/table6.ts";

/** Every result of the paper that is reproduced, in the paper's order. */
export const experiments: readonly Experiment<object>[] = [table6];
