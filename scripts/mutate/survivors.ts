/** A mutant that no test can kill: its function, its line, and what the line becomes. */
export type Survivor = { in: string; before: string; after: string };

/** Mutants that change nothing anybody can see, by the reason. */
export const SURVIVORS: readonly { why: string; mutants: readonly Survivor[] }[] = [];
