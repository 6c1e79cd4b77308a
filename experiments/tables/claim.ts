import { clearSign, type Estimate } from "../harness/samples.ts";
import type { GridCell } from "../report/blocks.ts";
import { fixed, shortNumber, withInterval } from "./format.ts";

/** A sentence of the paper, held against numbers. */
export type Claim = {
  claim: string;
  /** Where the paper says it. */
  source: string;
  holds: boolean;
  /** The numbers it was held against. */
  evidence: string;
};

/**
 * A claim that something is above or below something else.
 *
 * @param differences first less second, paired, each with what it is about
 * @param sign what the claim says the sign is
 */
export function claimOfSign(
  claim: string,
  source: string,
  sign: 1 | -1,
  differences: readonly { of: string; difference: Estimate }[],
): Claim {
  return {
    claim,
    source,
    holds: differences.every(({ difference }) => clearSign(difference) === sign),
    evidence: differences
      .map(({ of, difference }) => `${of}: ${withInterval(difference, true)}`)
      .join("; "),
  };
}

/**
 * A claim that one mean is above another by some share of it, or below for a negative share.
 *
 * @param share 0.27 for 27 % more
 */
export function claimOfShare(
  claim: string,
  source: string,
  share: number,
  first: number,
  second: number,
): Claim {
  const change = first / second - 1;
  return {
    claim,
    source,
    holds: share > 0 ? change >= share : change <= share,
    evidence: `${shortNumber(first)} against ${shortNumber(second)}: ${fixed(100 * change, 1)} %`,
  };
}

/** A claim as a row of the report. */
export function claimRow({ claim, source, holds, evidence }: Claim): (string | GridCell)[] {
  const verdict = holds ? "reproduces" : "does not";
  return [claim, source, { text: holds ? "holds" : "does not hold", verdict }, evidence];
}
