import { createRandom } from "../../mechanism/random.ts";
import { InputError } from "../../markets/input-error.ts";
import type { Flags } from "./flags.ts";
import type { Mutant } from "./mutants.ts";

/**
 * The mutants that the flags ask for, in their order.
 *
 * @throws InputError if there are none
 */
export function chooseMutants(
  all: readonly Mutant[],
  { only, operator, sample, seed }: Pick<Flags, "only" | "operator" | "sample" | "seed">,
): Mutant[] {
  const inFiles = all.filter(({ file }) => file.includes(only));
  if (inFiles.length === 0) {
    const files = [...new Set(all.map(({ file }) => file))];
    throw new InputError(`--only: given ${only}, allowed part of ${files.join(", ")}`);
  }
  const matching = inFiles.filter((mutant) => (operator ?? mutant.operator) === mutant.operator);
  if (matching.length === 0) {
    const operators = [...new Set(inFiles.map((mutant) => mutant.operator))].sort();
    throw new InputError(
      `--operator: given ${operator ?? ""}, allowed in these files ${operators.join(", ")}`,
    );
  }
  if (sample === undefined) return matching;
  const { uniform } = createRandom(seed);
  return matching
    .map((mutant) => ({ mutant, rank: uniform() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, sample)
    .map(({ mutant }) => mutant)
    .sort((a, b) => a.id - b.id);
}
