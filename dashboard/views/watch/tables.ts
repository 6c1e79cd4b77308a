import { isHexString } from "ethers";

import { short } from "../../dom.ts";
import {
  formatCount,
  formatIndex,
  formatNumber,
  formatShare,
  formatSmall,
  printable,
} from "../../../scripts/output/format.ts";
import { isAllocated, type Round, type Scene, type Share } from "./scene.ts";
import { createTable, type Column } from "./table.ts";

/** What the charts draw, as tables: for a screen reader, and for exact figures. */
export type Tables = { roots: HTMLElement[]; show: (scene: Scene) => void };

export function createTables(): Tables {
  const rounds = createTable<Round>("Rounds", "round");
  const shares = createTable<Share>("Agents", "agent");
  return {
    roots: [rounds.root, shares.root],
    show: (scene) => {
      rounds.show(scene.rounds.toReversed(), roundColumns(scene));
      shares.show(
        scene.shares.toSorted((a, b) => (b.allocation ?? b.demand) - (a.allocation ?? a.demand)),
        shareColumns(scene),
      );
    },
  };
}

function roundColumns({ symbol, capacity, rounds }: Scene): Column<Round>[] {
  const columns: Column<Round>[] = [
    { head: "round", cell: (row) => formatCount(row.round) },
    { head: `price, ${symbol} / unit`, cell: (row) => formatNumber(row.price) },
    { head: "demand, units", cell: (row) => formatNumber(row.demand) },
    { head: "of capacity", cell: (row) => formatShare(row.demand / capacity) },
    { head: "excess r_p, units", cell: (row) => formatSmall(row.primalResidual) },
    { head: `price step r_d, ${symbol} / unit`, cell: (row) => formatSmall(row.dualResidual) },
    { head: "movement r_x, units", cell: (row) => formatSmall(row.movement) },
    { head: "answered", cell: (row) => formatCount(row.answered) },
    { head: "taking part", cell: (row) => formatShare(row.participation) },
    { head: "Gini", cell: (row) => formatIndex(row.gini) },
  ];
  if (rounds.some((row) => row.efficiency !== undefined)) {
    columns.push(
      { head: `efficiency, ${symbol}`, cell: (row) => formatNumber(row.efficiency ?? NaN) },
      { head: "gas, demands", cell: (row) => formatCount(row.gas?.submit ?? NaN) },
      { head: "gas, close", cell: (row) => formatCount(row.gas?.close ?? NaN) },
    );
  }
  return columns;
}

function shareColumns(scene: Scene): Column<Share>[] {
  return [
    { head: "agent", text: true, cell: ({ id }) => nameOf(id), whole: ({ id }) => printable(id) },
    { head: "demand, units", cell: ({ demand }) => formatNumber(demand) },
    ...(!isAllocated(scene)
      ? []
      : [
          {
            head: "allocation, units",
            cell: ({ allocation }: Share) => formatNumber(allocation ?? NaN),
          },
        ]),
  ];
}

/** An address in short; any other name as it is. */
function nameOf(id: string): string {
  return isHexString(id, 20) ? short(id) : printable(id);
}
