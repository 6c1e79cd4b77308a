import { element } from "../../dom.ts";
import { createCharts } from "./charts.ts";
import type { RoundGas } from "./gas.ts";
import { createHeadline } from "./headline.ts";
import type { Scene } from "./scene.ts";
import { createTables } from "./tables.ts";
import { createTiles } from "./tiles.ts";

/** Everything that is shown of a scene. */
export type Board = {
  root: HTMLElement;
  show: (scene: Scene, gas: RoundGas | undefined) => void;
  close: () => void;
};

/** @param onEpoch called with the epoch that a person wants to see */
export function createBoard(onEpoch: (epoch: number) => void): Board {
  const headline = createHeadline(onEpoch);
  const tiles = createTiles();
  const charts = createCharts();
  const tables = createTables();
  const rest = element(
    "div",
    { class: "rest" },
    tiles.root,
    element("div", { class: "charts" }, ...charts.map(({ figure }) => figure)),
    ...tables.roots,
  );
  let drawn = "";
  return {
    root: element("div", { class: "board" }, headline.root, rest),
    show: (scene, gas) => {
      headline.show(scene);
      tiles.show(scene, gas);
      rest.hidden = scene.rounds.length === 0 && scene.open === undefined;
      // Blocks without news for this market change nothing below.
      const { key, rounds, open, reason, revenue, shares } = scene;
      const now = JSON.stringify([
        key,
        rounds.length,
        open?.demand,
        open?.answered,
        reason,
        revenue,
        shares.length,
      ]);
      if (now === drawn) return;
      drawn = now;
      for (const chart of charts) chart.draw(scene);
      tables.show(scene);
    },
    close: () => {
      headline.close();
      for (const chart of charts) chart.close();
    },
  };
}
