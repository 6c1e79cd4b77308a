import { createLinesChart } from "../../charts/lines-chart.ts";
import { element } from "../../dom.ts";
import type { Frontier } from "../../try/frontier.ts";
import type { Outcome } from "../../try/outcome.ts";
import { demandPlot, elasticityPlot, frontierPlot, lorenzPlot } from "../../try/plots.ts";

/** The charts of what comes of a setting. */
export type TryCharts = {
  root: HTMLElement;
  showOutcome: (outcome: Outcome) => void;
  /** @param outcome of the same setting, as is `capacity` */
  showFrontier: (frontier: Frontier, outcome: Outcome, capacity: number) => void;
  close: () => void;
};

export function tryCharts(): TryCharts {
  const demand = createLinesChart("Demand against capacity");
  const lorenz = createLinesChart("Who gets how much");
  const frontier = createLinesChart("What equality costs");
  const elasticity = createLinesChart("Early warning");
  const all = [frontier, elasticity, demand, lorenz];
  return {
    root: element("div", { class: "charts" }, ...all.map(({ figure }) => figure)),
    showOutcome: (outcome) => lorenz.draw(lorenzPlot(outcome)),
    showFrontier: (found, outcome, capacity) => {
      demand.draw(demandPlot(found, outcome, capacity));
      frontier.draw(frontierPlot(found));
      elasticity.draw(elasticityPlot(found));
    },
    close: () => all.forEach(({ close }) => close()),
  };
}
