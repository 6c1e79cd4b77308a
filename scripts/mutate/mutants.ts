import { childrenOf, isNumber, spanOf, walk, type AstNode, type Span } from "./ast.ts";
import { compile, type Sources } from "./compiler.ts";
import {
  isInLoopHeader,
  OPERATORS,
  type Change,
  type Operator,
  type Surroundings,
} from "./operators.ts";

/**
 * The piece of the program that holds a change and can be chosen while the program runs: an expression, a number
 * written out, or a statement. None where the change is not inside one, as with modifiers.
 */
export type Site = Span & { kind: "expression" | "number" | "statement" };

export type Mutant = {
  /** From 1 on, in the order of the files and of the bytes. */
  id: number;
  file: string;
  line: number;
  /** The function, modifier or constant it is in. */
  scope: string;
  operator: Operator;
  span: Span;
  original: string;
  replacement: string;
  site?: Site;
  /** The lines the change is on, without indentation. */
  before: string;
  after: string;
};

/**
 * Every mutant of these files.
 *
 * @param sources the files, by name; what they import is found on the disk
 * @throws Error if they do not compile
 */
export function findMutants(sources: Sources): Mutant[] {
  const { asts, errors } = compile(sources, "ast");
  if (errors[0] !== undefined) throw new Error(errors[0].formattedMessage);
  const ours = new Map<number, AstNode>();
  for (const name of Object.keys(sources)) {
    for (const node of walk(asts[name]!)) ours.set(node.id, node);
  }
  const found = Object.entries(sources).flatMap(([file, source]) =>
    mutantsOf(file, Buffer.from(source), asts[file]!, ours),
  );
  return found.map((mutant, i) => ({ ...mutant, id: i + 1 }));
}

function mutantsOf(
  file: string,
  bytes: Buffer,
  ast: AstNode,
  ours: ReadonlyMap<number, AstNode>,
): Omit<Mutant, "id">[] {
  const found: Omit<Mutant, "id">[] = [];
  const about = (parents: readonly AstNode[]): Surroundings => ({
    parents,
    text: (node) => textOf(bytes, spanOf(node)),
    declarationOf: ({ referencedDeclaration }) => ours.get(referencedDeclaration ?? 0),
    statement: (node) => statementSpan(bytes, node),
    operatorAfter: (node, operator) => {
      const start = bytes.indexOf(operator, spanOf(node).end);
      return { start, end: start + operator.length };
    },
  });
  const visit = (node: AstNode, parents: readonly AstNode[]): void => {
    for (const change of OPERATORS[node.nodeType]?.(node, about(parents)) ?? []) {
      const site = siteOf(change, bytes, [...parents, node]);
      found.push({
        ...change,
        file,
        line: lineAt(bytes, change.span.start),
        scope: scopeOf(parents),
        original: textOf(bytes, change.span),
        ...(site === undefined ? {} : { site }),
        ...shownLines(bytes, change),
      });
    }
    for (const child of visited(node)) visit(child, [...parents, node]);
  };
  visit(ast, []);
  return found.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}

/** The children that hold something to mutate: not types, and not what is assigned to. */
function visited(node: AstNode): AstNode[] {
  return childrenOf(node).filter(
    (child) => child !== node.leftHandSide && !child.nodeType.endsWith("TypeName"),
  );
}

function siteOf(change: Change, bytes: Buffer, path: readonly AstNode[]): Site | undefined {
  if (path.at(-1)!.nodeType === "ModifierInvocation") return undefined;
  if (change.replacement === "{}") return { kind: "statement", ...change.span };
  if (change.operator === "condition") return { kind: "expression", ...change.span };
  const outside = path.findLastIndex((step) => !isNumber(step));
  const number = path[outside + 1];
  if (number === undefined) return expressionSite(path.length - 1, bytes, path);
  const around = path[outside]!;
  // Only where a number stands do these take one of any type.
  if (around.nodeType === "Assignment" || around.kind === "typeConversion") {
    return expressionSite(outside, bytes, path);
  }
  return { kind: "number", ...spanOf(number) };
}

/** An expression to choose; or its statement, since what gives nothing is no expression to choose. */
function expressionSite(index: number, bytes: Buffer, path: readonly AstNode[]): Site {
  const [above, parent] = [path[index - 2]!, path[index - 1]!];
  if (parent.nodeType === "ExpressionStatement" && !isInLoopHeader(parent, above)) {
    return { kind: "statement", ...statementSpan(bytes, parent) };
  }
  return { kind: "expression", ...spanOf(path[index]!) };
}

/** `Contract.function`, or the constant a number belongs to. */
function scopeOf(parents: readonly AstNode[]): string {
  return parents
    .filter(({ nodeType }) => SCOPES.has(nodeType))
    .slice(0, 2)
    .map(({ name, kind }) => (name === "" ? kind : name))
    .join(".");
}

const SCOPES = new Set([
  "ContractDefinition",
  "FunctionDefinition",
  "ModifierDefinition",
  "VariableDeclaration",
]);

function statementSpan(bytes: Buffer, node: AstNode): Span {
  const { start, end } = spanOf(node);
  return { start, end: bytes.indexOf(";", end) + 1 };
}

function shownLines(
  bytes: Buffer,
  { span, replacement }: Change,
): Pick<Mutant, "before" | "after"> {
  const start = bytes.lastIndexOf("\n", span.start - 1) + 1;
  const newline = bytes.indexOf("\n", span.end);
  const end = newline < 0 ? bytes.length : newline;
  const [head, tail] = [
    textOf(bytes, { start, end: span.start }),
    textOf(bytes, { start: span.end, end }),
  ];
  return {
    before: onOneLine(textOf(bytes, { start, end })),
    after: onOneLine(`${head}${replacement}${tail}`),
  };
}

/** How lines are compared and shown: where a formatter breaks them says nothing. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

/** The program with this mutant in it. */
export function mutated(source: string, { span, replacement }: Mutant): string {
  const bytes = Buffer.from(source);
  const [head, tail] = [
    textOf(bytes, { start: 0, end: span.start }),
    textOf(bytes, { start: span.end, end: bytes.length }),
  ];
  return `${head}${replacement}${tail}`;
}

export function textOf(bytes: Buffer, { start, end }: Span): string {
  return bytes.toString("utf8", start, end);
}

function lineAt(bytes: Buffer, offset: number): number {
  return textOf(bytes, { start: 0, end: offset }).split("\n").length;
}
