import { clearSign, type Estimate } from "../harness/samples.ts";
import type { ClaimCount, GridCell } from "../report/blocks.ts";
import { fixed, shortNumber, withInterval } from "./format.ts";

/** Whether a sentence holds; in part where its parts differ, and open where the numbers cannot tell. */
export type Finding = boolean | "in part" | "cannot be told";

/** A sentence of the paper, held against numbers. */
export type Claim = {
  claim: string;
  /** Where the paper says it; 'ours' where we do. */
  source: string;
  holds: Finding;
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
  return [claim, source, findingCell(holds), evidence];
}

function findingCell(holds: Finding): GridCell {
  switch (holds) {
    case true:
      return { text: "holds", verdict: "reproduces" };
    case false:
      return { text: "does not hold", verdict: "does not" };
    case "in part":
      return { text: holds, verdict: "direction only" };
    case "cannot be told":
      return { text: holds };
  }
}

/** How many of the paper's claims hold, and how many of our own, for the overview. */
export function countClaims(claims: readonly Claim[]): ClaimCount[] {
  return [
    { whose: "", counted: claims.filter(({ source }) => source !== "ours") },
    { whose: "ours: ", counted: claims.filter(({ source }) => source === "ours") },
  ].flatMap(({ whose, counted }) => {
    if (counted.length === 0) return [];
    const count = (finding: Finding): number =>
      counted.filter(({ holds }) => holds === finding).length;
    const rest = (["in part", "cannot be told"] as const).map((name) => ({
      name,
      count: count(name),
    }));
    return [{ whose, hold: count(true), of: counted.length, rest }];
  });
}
