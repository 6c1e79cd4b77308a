import { readFile } from "node:fs/promises";

import { judged, type Figure } from "./figure.ts";
import { GAS_GOALS } from "./gas-floor.ts";

const SNAPSHOT = new URL("../../test/gas-snapshot.json", import.meta.url);
const DEPLOYMENT = { name: "deployment", atMost: 4_000_000 };

/** Gas beside what the EVM asks for at least. The snapshot is measured by its test, and fails it when it is old. */
export async function gasFigures(): Promise<Figure[]> {
  const snapshot = JSON.parse(await readFile(SNAPSHOT, "utf8")) as Record<string, number>;
  const used = (name: string): number => {
    const gas = snapshot[name];
    if (gas === undefined) throw new Error(`${name}: not in test/gas-snapshot.json`);
    return gas;
  };
  const plain = { unit: "gas", peer: null, noise: 0 };
  return [
    ...Object.entries(GAS_GOALS).map(([name, { floor, atMost }]): Figure => ({
      ...{ name: `gas, ${name}`, measured: used(name), ...plain, floor },
      floorIs: "what the EVM asks for bytes, cold slots, the event",
      ...{ ratio: used(name) / floor, ratioIs: "measured / floor" },
      ...judged({ atMost }, used(name)),
    })),
    {
      ...{ name: `gas, ${DEPLOYMENT.name}`, measured: used(DEPLOYMENT.name), ...plain },
      ...{ floor: null, ratio: null },
      ...judged(DEPLOYMENT, used(DEPLOYMENT.name)),
    },
  ];
}
