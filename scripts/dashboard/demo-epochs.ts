import { enrol, runEpoch, type Deliver, type FleetOptions } from "../../agents/fleet.ts";
import { send, sleep } from "../../agents/send.ts";
import { roundToDigits } from "../../markets/decimal.ts";
import type { Market } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { fixedFromNumber, numberFromFixed } from "../../mechanism/fixed-point.ts";
import { parametersOf } from "../run/parameters.ts";

/** A fleet, and what its epochs are opened with. */
export type Demo = Omit<FleetOptions, "onReceipt" | "deliver"> & {
  terms: Market;
  agents: readonly Agent[];
};

// Capacities of one epoch after the other, relative to the market file's: scarcity comes and goes.
const CAPACITIES = [1, 0.6, 1.4, 0.8];
// Milliseconds: the answers of a round are spread over the first, the last epoch stands for the second.
const ROUND = 3_000;
const BETWEEN = 15_000;
// As many as the fleet sends at once.
const WIDTH = 24;

/** Epoch after epoch, slowly enough to watch, until the process ends. */
export async function runEpochs(demo: Demo, onEpoch: (epoch: number) => void): Promise<never> {
  const { market, keeper, terms, agents } = demo;
  const pace = ROUND / Math.max(1, agents.length / WIDTH);
  const slowly: Deliver = async (contract, wallet, method, args, gasLimit) => {
    if (method === "submit" || method === "submitSamples") await sleep(Math.random() * pace);
    if (method === "closeRound") await sleep(ROUND / 4);
    return send(contract, wallet, method, args, gasLimit);
  };
  const options: FleetOptions = { ...demo, onReceipt: () => undefined, deliver: slowly };
  await enrol(options);
  for (let epoch = 1; ; epoch++) {
    const capacity = capacityIn(epoch, terms.capacity);
    const parameters = parametersOf({ ...terms, capacity }, agents);
    await send(market.contract, keeper, "openEpoch", [parameters]);
    onEpoch(epoch);
    await runEpoch(options);
    await sleep(BETWEEN);
  }
}

/** Units, in as many digits as the contract takes. */
export function capacityIn(epoch: number, capacity: number): number {
  const share = CAPACITIES[(epoch - 1) % CAPACITIES.length]!;
  return numberFromFixed(roundToDigits(fixedFromNumber(capacity * share)));
}
