import { parseMarket } from "../../markets/market-file.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { paperPopulation } from "../../mechanism/random.ts";
import { agentsOf, feesOf, type Setting } from "./setting.ts";

/** A file to save. */
export type TextFile = { name: string; text: string };

/** A setting as files that `npm start` takes, saved in one folder, and the command that does. */
export type MarketFiles = {
  market: TextFile;
  /** Its agents, where they are not the paper's, which a market file draws by itself. */
  agents: TextFile | null;
  command: string;
};

/**
 * @param name of the market and its files
 * @throws InputError if a market file cannot say the setting
 */
export function marketFilesOf(setting: Setting, name = "try"): MarketFiles {
  const agents = isPapers(setting)
    ? null
    : { name: `${name}-agents.csv`, text: csvOf(agentsOf(setting)) };
  const market = {
    name,
    description: "A market tried in the dashboard",
    capacity: setting.capacity,
    ...feesOf(setting),
    agents:
      agents === null
        ? { source: "paper", n: setting.agents, seed: setting.seed }
        : { source: "csv", path: agents.name },
  };
  const file = `${name}.json`;
  parseMarket(market, { file });
  return {
    market: { name: file, text: `${JSON.stringify(market, null, 2)}\n` },
    agents,
    command: `npm start -- --market ${file}`,
  };
}

function isPapers({ family, alphaFrom, alphaTo, betaFrom, betaTo }: Setting): boolean {
  const { alpha, beta } = paperPopulation;
  return (
    family === paperPopulation.family &&
    alphaFrom === alpha.from &&
    alphaTo === alpha.to &&
    betaFrom === beta.from &&
    betaTo === beta.to
  );
}

/** As `markets/agents-csv.ts` reads them: the same agents to the last bit. */
function csvOf(agents: readonly Agent[]): string {
  const rows = agents.map(({ id, valuation, cost }) => {
    const shape = "shape" in valuation ? valuation.shape : "";
    return `${id},${valuation.family},${valuation.alpha},${shape},${cost.family},${cost.beta},`;
  });
  return ["id,valuation,alpha,shape,cost,beta,delta", ...rows, ""].join("\n");
}
