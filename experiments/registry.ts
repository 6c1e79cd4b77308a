import type { Experiment } from "./experiment.ts";
import { covax } from "./beyond/covax.ts";
import { frontier } from "./beyond/frontier.ts";
import { figure2 } from "./figures/figure2.ts";
import { figure3 } from "./figures/figure3.ts";
import { figure4 } from "./figures/figure4.ts";
import { figure5 } from "./figures/figure5.ts";
import { figure6 } from "./figures/figure6.ts";
import { figure7 } from "./figures/figure7.ts";
import { figure8, figure9 } from "./figures/movielens-figures.ts";
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
  figure3,
  figure4,
  figure5,
  figure6,
  figure7,
  figure8,
  figure9,
  theorems,
  robustness,
  strategic,
  frontier,
  covax,
];
