import { parseFixed } from "../../mechanism/fixed-point.ts";
import {
  createMarket,
  openEpoch,
  type TwinDeployment,
  type TwinMarket,
  type TwinParameters,
} from "../../mechanism/twin-state.ts";
import { deposit } from "../../mechanism/twin.ts";

/** UD60x18. */
export const fixed = parseFixed;
/** Tokens in base units: the twin's token has 6 decimals. */
export const tokens = (text: string): bigint => parseFixed(text, 6);

export const deployment: TwinDeployment = {
  tokenDecimals: 6n,
  policy: "Refunding",
  allowlisted: false,
  price: fixed("2"),
  limits: {
    maxUnitFee: fixed("100"),
    maxExecutionFee: fixed("100"),
    maxProgressiveFee: fixed("100"),
    minRoundLength: 1n,
    maxRoundLength: 1000n,
    maxRounds: 1000n,
  },
};
export const parameters: TwinParameters = {
  capacity: fixed("10"),
  unitFee: fixed("0.5"),
  executionFee: fixed("1"),
  progressiveFee: 0n,
  samples: 1n,
  rule: "Constant",
  initialStep: fixed("0.25"),
  stepOffset: 1n,
  maxStep: fixed("50"),
  primalTolerance: fixed("0.01"),
  dualTolerance: fixed("0.01"),
  movementTolerance: fixed("0.1"),
  roundLength: 60n,
  maxRounds: 100n,
};

/** A market with an epoch open and 100 tokens in each of the accounts a and b. */
export function marketOf(
  overrides: Partial<TwinParameters> = {},
  deployed: Partial<TwinDeployment> = {},
): TwinMarket {
  const market = createMarket({ ...deployment, ...deployed });
  openEpoch(market, { ...parameters, ...overrides }, 0n);
  for (const agent of ["a", "b"]) deposit(market, agent, tokens("100"));
  return market;
}
