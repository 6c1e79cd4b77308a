import type { Span } from "./ast.ts";
import { textOf, type Mutant, type Site } from "./mutants.ts";

/** What stands in the code for the number of the mutant that is alive: a word that is nowhere else. */
export const ALIVE = "6d757461746564206279206f6e652070726f6772616d20666f7220616c6c2121";

/** Bytes of the switched program that belong to these mutants and to no others. */
type Region = Span & { mutants: readonly Mutant[] };

export type Switched = { text: string; regions: readonly Region[] };

/**
 * All these mutants in one program, each chosen by its number: "mutation switching", as Stryker does it. Compiling the
 * market takes seconds, and the compiler runs once instead of a thousand times.
 *
 * @param mutants of one file, each with a site
 */
export function switched(source: string, mutants: readonly Mutant[]): Switched {
  const bytes = Buffer.from(source);
  const sites = sitesOf(mutants);
  const regions: Region[] = [];
  let length = 0;
  const pieces: string[] = [];
  const write = (text: string): void => {
    pieces.push(text);
    length += Buffer.byteLength(text);
  };
  const writeMarked = (marked: readonly Mutant[], content: () => void): void => {
    const start = length;
    content();
    regions.push({ start, end: length, mutants: marked });
  };

  const writeSpan = (span: Span, inside: readonly ChosenSite[]): void => {
    let at = span.start;
    for (const site of inside) {
      if (site.start < at) continue; // inside the one before, and written with it
      write(textOf(bytes, { start: at, end: site.start }));
      writeSite(
        site,
        inside.filter((other) => other !== site && contains(site, other)),
      );
      at = site.end;
    }
    write(textOf(bytes, { start: at, end: span.end }));
  };
  const writeSite = (site: ChosenSite, inside: readonly ChosenSite[]): void => {
    writeMarked(site.mutants, () => {
      const { open, before, after, otherwise, close } = FORMS[site.kind];
      write(open);
      for (const mutant of site.mutants) {
        write(before(mutant.id));
        writeMarked([mutant], () => write(spliced(bytes, site, mutant)));
        write(after);
      }
      write(otherwise);
      writeSpan(site, inside);
      write(close);
    });
  };
  writeSpan({ start: 0, end: bytes.length }, sites);
  write(`\nuint256 constant ALIVE = 0x${ALIVE};\n`);
  return { text: pieces.join(""), regions };
}

/** The mutants that an error at these bytes of the switched program is to be blamed on. */
export function blamed({ regions }: Switched, at: Span): readonly Mutant[] {
  const inside = regions.filter((region) => contains(at, region));
  const around = regions.filter((region) => contains(region, at));
  const least = around.sort((a, b) => a.end - a.start - (b.end - b.start)).slice(0, 1);
  return (inside.length > 0 ? inside : least).flatMap(({ mutants }) => mutants);
}

type ChosenSite = Site & { mutants: Mutant[] };

/** From outside to inside, in the order of the source. */
function sitesOf(mutants: readonly Mutant[]): ChosenSite[] {
  const sites = new Map<string, ChosenSite>();
  for (const mutant of mutants) {
    if (mutant.site === undefined) throw new Error(`mutant ${mutant.id} has no site`);
    const { start, end, kind } = mutant.site;
    const key = `${start} ${end}`;
    const site = sites.get(key) ?? { start, end, kind, mutants: [] };
    site.mutants.push(mutant);
    sites.set(key, site);
  }
  return [...sites.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

type Form = {
  open: string;
  before: (id: number) => string;
  after: string;
  otherwise: string;
  close: string;
};

const expression: Form = {
  open: "(",
  before: (id) => `ALIVE == ${id} ? `,
  after: " : ",
  otherwise: "",
  close: ")",
};

const FORMS: Record<Site["kind"], Form> = {
  expression,
  // Two numbers to choose from have the smallest type that holds them; one alone has none yet.
  number: {
    open: "(",
    before: (id) => `ALIVE == ${id} ? uint256(`,
    after: ") : ",
    otherwise: "uint256(",
    close: "))",
  },
  statement: {
    open: "{ ",
    before: (id) => `if (ALIVE == ${id}) { `,
    after: " } else ",
    otherwise: "{ ",
    close: " } }",
  },
};

function spliced(bytes: Buffer, site: Span, { span, replacement }: Mutant): string {
  const head = textOf(bytes, { start: site.start, end: span.start });
  return `${head}${replacement}${textOf(bytes, { start: span.end, end: site.end })}`;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
