import type { Result, Run } from "../experiment.ts";
import type { Picture } from "../drawings/drawings.ts";
import type { Block } from "../report/blocks.ts";
import { claimRow, countClaims, type Claim, type Finding } from "../tables/claim.ts";

export type FigureReport = {
  name: string;
  title: string;
  run: Run;
  /** What is drawn, and of which market. */
  caption: string;
  picture: Picture;
  /** What the paper's caption and text say of it. */
  claims: readonly Claim[];
  notes?: readonly string[];
  csv: Result["csv"];
};

/** A figure of the paper as JSON, CSV and a section of the report: the drawing, then what it shows. */
export function concludeFigure(report: FigureReport): Result {
  const { name, title, run, caption, picture, claims, notes = [], csv } = report;
  const blocks: Block[] = [
    { kind: "figure", name, caption, picture },
    { kind: "text", text: claimsInWords(claims) },
    {
      kind: "grid",
      title: "What the paper says of it",
      head: ["claim", "where", "", `measured over ${run.replications} draws, seed ${run.seed}`],
      prose: [0, 1, 3],
      rows: claims.map(claimRow),
    },
    ...(notes.length === 0 ? [] : [{ kind: "list" as const, title: "Notes", items: notes }]),
  ];
  return {
    json: { name, title, ...run, caption, claims, notes, data: picture.data },
    csv,
    section: { name, title, verdicts: [], claims: countClaims(claims), blocks },
  };
}

/** Which of the paper's sentences the numbers bear out, in a sentence or two. */
export function claimsInWords(claims: readonly Claim[]): string {
  const list = (finding: Finding): string =>
    claims
      .filter(({ holds }) => holds === finding)
      .map(({ claim }) =>
        claim.replace(/\.('?)$/, "$1").replace(/^[A-Z](?=[a-z ])/, (first) => first.toLowerCase()),
      )
      .join("; ");
  const [shown, inPart, notShown] = [list(true), list("in part"), list(false)];
  if (inPart === "" && notShown === "")
    return `Our figure shows all that the paper says of its own: ${shown}.`;
  if (shown === "" && inPart === "")
    return `Our figure shows nothing of what the paper says of its own: ${notShown}.`;
  return [
    `Of what the paper says of its figure, ours shows: ${shown === "" ? "nothing in full" : shown}.`,
    ...(inPart === "" ? [] : [`It shows in part: ${inPart}.`]),
    ...(notShown === "" ? [] : [`It does not show: ${notShown}.`]),
  ].join(" ");
}

/** The share of draws in which something must be seen for the paper's sentence about it to hold. */
const MOST = 0.9;

/** A claim that something is seen in (nearly) every draw. */
export function claimOfDraws(
  claim: string,
  source: string,
  seen: readonly boolean[],
  evidence: string,
): Claim {
  const count = seen.filter(Boolean).length;
  return {
    claim,
    source,
    holds: count >= MOST * seen.length && count > 0,
    evidence: `${evidence}: in ${count} of ${seen.length} draws (${100 * MOST} % are asked for)`,
  };
}
