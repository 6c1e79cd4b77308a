import { element, setText } from "../../dom.ts";
import {
  counted,
  formatCount,
  formatIndex,
  formatNumber,
  formatShare,
} from "../../../scripts/output/format.ts";
import { gini, participation } from "../../../mechanism/metrics.ts";
import type { RoundGas } from "./gas.ts";
import type { Scene } from "./scene.ts";

type Tile = { value: string; unit?: string; note: string };

/** The figures beside the price. */
export type Tiles = { root: HTMLElement; show: (scene: Scene, gas: RoundGas | undefined) => void };

const NAMES = [
  "Rounds",
  "Utilisation",
  "Gini index",
  "Participation",
  "To the provider",
  "To the treasury",
  "Gas per demand",
  "Gas per close",
] as const;

export function createTiles(): Tiles {
  const root = element("dl", { class: "tiles" });
  const places = NAMES.map((name) => {
    const [value, unit, note] = [
      element("span"),
      element("span", { class: "unit" }),
      element("dd"),
    ];
    root.append(
      element("div", {}, element("dt", {}, name), element("dd", {}, value, " ", unit), note),
    );
    return { value, unit, note };
  });
  return {
    root,
    show: (scene, gas) => {
      const tiles = tilesOf(scene, gas);
      places.forEach(({ value, unit, note }, index) => {
        const tile = tiles[NAMES[index]!];
        setText(value, tile.value);
        setText(unit, tile.unit ?? "");
        setText(note, tile.note);
      });
    },
  };
}

function tilesOf(scene: Scene, gas: RoundGas | undefined): Record<(typeof NAMES)[number], Tile> {
  const { symbol, shares, capacity, open, reason, rounds, members } = scene;
  const amounts = shares.map(({ demand, allocation }) => allocation ?? demand);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const taking = Math.round(participation(amounts) * amounts.length);
  const hasEnded = open === undefined;
  const from = gas === undefined ? "not known" : `round ${gas.round}`;
  return {
    Rounds: {
      value: formatCount(rounds.length),
      note: open === undefined ? "closed" : `closed, round ${open.round} is open`,
    },
    Utilisation: {
      value: capacity === 0 ? "–" : formatShare(Math.min(1, total / capacity)),
      note: hasEnded && reason !== null ? "of capacity, allocated" : "of capacity, asked for",
    },
    "Gini index": { value: formatIndex(gini(amounts)), note: "0 is equal" },
    Participation: {
      value: formatShare(participation(amounts)),
      note: `${formatCount(taking)} of ${counted(members, "agent")}`,
    },
    "To the provider": {
      value: formatNumber(scene.revenue),
      unit: symbol,
      note: hasEnded ? "payments" : "payments at this price",
    },
    "To the treasury": {
      value: formatNumber(scene.charges),
      unit: symbol,
      note: hasEnded ? "fees" : "fees at this price",
    },
    "Gas per demand": {
      value: formatCount(gas?.submit ?? NaN),
      unit: "gas",
      note: gas === undefined ? from : `mean of ${gas.sample} in ${from}`,
    },
    "Gas per close": { value: formatCount(gas?.close ?? NaN), unit: "gas", note: from },
  };
}
