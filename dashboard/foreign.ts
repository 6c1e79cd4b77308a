import { printable, shortened, symbolOf } from "../scripts/output/format.ts";

/**
 * Text that somebody else chose, as a token's symbol, made fit to stand in a sentence beside numbers: on one line, not
 * long, and what may read from right to left kept to itself (Unicode's isolates), where it cannot turn the numbers round.
 *
 * @param length characters that are shown at most
 * @param otherwise what stands in its place if nothing is left of it
 */
export function foreign(text: string, length: number, otherwise: string): string {
  const shown = shortened(printable(text), length);
  return shown === "" ? otherwise : isolated(shown);
}

/** A token's symbol; in quotes where it would go on with the number before it, as in `5 000,000`. */
export function foreignSymbol(symbol: string): string {
  const shown = isolated(symbolOf({ symbol }));
  return /^\p{L}/u.test(shown.replace("\u2068", "")) ? shown : `“${shown}”`;
}

function isolated(shown: string): string {
  return /^[\p{ASCII}…]*$/u.test(shown) ? shown : `\u2068${shown}\u2069`;
}
