import type { Experiment } from "./experiment.ts";
import { frontier } from "./beyond/frontier.ts";
import { figure2 } from "./figures/figure2.ts";
import { table7, table8 } from "./tables/movielens.ts";
import { robustness } from "./robustness/robustness.ts";
import { strategic } from "./robustness/strategic.ts";
import { table4 } from "./tables/table4.ts";
import { table5 } from "./tables/table5.ts";
import { table6 } from "./tables/table6.ts";
import { theorems } from "./theorems/theorems.ts";

/** Every result of the paper that is reproduced, in the paper's order. */
export const experiments: readonly Experiment<object>[] = [
  table4,
  table5,
  table6,
  table7,
  table8,
  figure2,
  theorems,
  robustness,
  strategic,
  frontier,
];
