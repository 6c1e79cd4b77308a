import { childrenOf, isInteger, isNumber, spanOf, type AstNode, type Span } from "./ast.ts";

/** What the usual mutation operators do, and on which nodes of the syntax tree. */
export type Operator =
  | "arguments"
  | "arithmetic"
  | "boolean"
  | "call"
  | "comparison"
  | "compound"
  | "condition"
  | "event"
  | "extreme"
  | "modifier"
  | "off-by-one"
  | "return"
  | "revert"
  | "rounding"
  | "ternary"
  | "update";

/** One change: these bytes become that text. */
export type Change = { operator: Operator; span: Span; replacement: string };

/** What an operator may ask about a node. */
export type Surroundings = {
  /** From the file down to the node, the node not included. */
  parents: readonly AstNode[];
  /** The text of a node. */
  text: (node: AstNode) => string;
  /** The declaration an identifier names, if it is one of ours. */
  declarationOf: (node: AstNode) => AstNode | undefined;
  /** The bytes of a statement, its semicolon included. */
  statement: (node: AstNode) => Span;
  /** The bytes of an operator that stands after a node. */
  operatorAfter: (node: AstNode, operator: string) => Span;
};

type Mutate = (node: AstNode, about: Surroundings) => Change[];

const COMPARISONS: Record<string, string[]> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
};
const ARITHMETIC: Record<string, string> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "/",
  "**": "*",
  "<<": ">>",
  ">>": "<<",
  "&": "|",
  "|": "&",
  "^": "&",
};
const BOOLEANS: Record<string, string> = { "&&": "||", "||": "&&" };
const COMPOUND: Record<string, string[]> = {
  "+=": ["-=", "="],
  "-=": ["+=", "="],
  "*=": ["/=", "="],
  "/=": ["*=", "="],
  "%=": ["/=", "="],
  "<<=": [">>=", "="],
  ">>=": ["<<=", "="],
  "&=": ["|=", "="],
  "|=": ["&=", "="],
  "^=": ["&=", "="],
};
const EXTREMES: Record<string, string> = { min: "max", max: "min" };
const ROUNDS_UP = /^(divUp|ceilDiv)$/;

/** The operators, by the kind of node they change. */
export const OPERATORS: Record<string, Mutate> = {
  Assignment: changeCompound,
  BinaryOperation: changeBinary,
  Conditional: changeTernary,
  Continue: (node, about) => remove("return", node, about),
  EmitStatement: (node, about) => remove("event", node, about),
  ExpressionStatement: removeEffect,
  FunctionCall: changeCall,
  Identifier: shiftConstant,
  IfStatement: (node, about) => negate(node.condition!, about),
  Literal: shiftLiteral,
  MemberAccess: (node, about) => [...shiftLimit(node, about), ...shiftConstant(node, about)],
  ModifierInvocation: removeModifier,
  Return: removeEarlyReturn,
  RevertStatement: (node, about) => remove("revert", node, about),
  UnaryOperation: changeUnary,
  WhileStatement: (node, about) => negate(node.condition!, about),
};

/** A run of these is one operator's, so that `--operator` can name it. */
export const OPERATOR_NAMES: readonly Operator[] = [
  "arguments",
  "arithmetic",
  "boolean",
  "call",
  "comparison",
  "compound",
  "condition",
  "event",
  "extreme",
  "modifier",
  "off-by-one",
  "return",
  "revert",
  "rounding",
  "ternary",
  "update",
];

function changeBinary(node: AstNode, about: Surroundings): Change[] {
  const [left, right] = [node.leftExpression!, node.rightExpression!];
  const operator = node.operator!;
  const swap = (name: Operator, replacement: string): Change => ({
    operator: name,
    span: about.operatorAfter(left, operator),
    replacement,
  });
  const changes = (COMPARISONS[operator] ?? []).map((other) => swap("comparison", other));
  const inverse = ARITHMETIC[operator];
  if (inverse !== undefined) changes.push(swap("arithmetic", inverse));
  if (operator === "/" && !isNumber(node)) changes.push(roundUp(node, about));
  const connective = BOOLEANS[operator];
  if (connective !== undefined) {
    changes.push(swap("boolean", connective), ...negate(left, about), ...negate(right, about));
  }
  return changes;
}

function roundUp(node: AstNode, about: Surroundings): Change {
  const [a, b] = [about.text(node.leftExpression!), about.text(node.rightExpression!)];
  return { operator: "rounding", span: spanOf(node), replacement: `((${a} + ${b} - 1) / ${b})` };
}

/** Negate a condition, unless another operator does: comparisons, `!` and what `&&` and `||` join. */
function negate(condition: AstNode, about: Surroundings): Change[] {
  const inner = condition.components?.length === 1 ? condition.components[0]! : condition;
  const operator = inner.operator ?? "";
  if (operator in COMPARISONS || operator in BOOLEANS || operator === "!") return [];
  return [{ operator: "condition", span: spanOf(inner), replacement: `!${about.text(inner)}` }];
}

function changeUnary(node: AstNode, about: Surroundings): Change[] {
  const operand = about.text(node.subExpression!);
  const replacement = {
    "!": operand,
    "~": operand,
    "++": `--${operand}`,
    "--": `++${operand}`,
  }[node.operator!];
  if (replacement === undefined) return [];
  const operator = node.operator === "!" ? "condition" : "arithmetic";
  return [{ operator, span: spanOf(node), replacement }];
}

function changeTernary(node: AstNode, about: Surroundings): Change[] {
  const [yes, no] = [node.trueExpression!, node.falseExpression!];
  const span = { start: spanOf(yes).start, end: spanOf(no).end };
  const replacement = `${about.text(no)} : ${about.text(yes)}`;
  return [{ operator: "ternary", span, replacement }, ...negate(node.condition!, about)];
}

function changeCompound(node: AstNode, about: Surroundings): Change[] {
  const operator = node.operator!;
  return (COMPOUND[operator] ?? []).map((replacement) => ({
    operator: "compound",
    span: about.operatorAfter(node.leftHandSide!, operator),
    replacement,
  }));
}

function changeCall(node: AstNode, about: Surroundings): Change[] {
  if (node.kind !== "functionCall") return [];
  const callee = node.expression!;
  const name = callee.memberName ?? callee.name ?? "";
  const given = node.arguments!;
  const changes: Change[] = [];
  if (ROUNDS_UP.test(name) && given.length === 2) {
    const replacement = `((${about.text(given[0]!)}) / (${about.text(given[1]!)}))`;
    changes.push({ operator: "rounding", span: spanOf(node), replacement });
  }
  if (name in EXTREMES) {
    const { end } = spanOf(callee);
    const span = { start: end - name.length, end };
    changes.push({ operator: "extreme", span, replacement: EXTREMES[name]! });
  }
  if (about.declarationOf(callee)?.nodeType !== "FunctionDefinition") return changes;
  for (let i = 0; i + 1 < given.length; i++) {
    const [first, second] = [given[i]!, given[i + 1]!];
    const [a, b] = [about.text(first), about.text(second)];
    if (a === b || !haveOneType(first, second)) continue;
    const span = { start: spanOf(first).start, end: spanOf(second).end };
    changes.push({ operator: "arguments", span, replacement: `${b}, ${a}` });
  }
  return changes;
}

function haveOneType(a: AstNode, b: AstNode): boolean {
  const isWhole = (node: AstNode): boolean => isInteger(node) || isNumber(node);
  if (isWhole(a) && isWhole(b)) return true;
  return a.typeDescriptions?.typeIdentifier === b.typeDescriptions?.typeIdentifier;
}

function shiftLiteral(node: AstNode, about: Surroundings): Change[] {
  if (node.kind !== "number") return [];
  const written = about.text(node);
  const plain = /^\d+$/.test(written) ? BigInt(written) : undefined;
  if (plain === undefined) return shifted(node, `(${written} + 1)`, `(${written} - 1)`);
  return shifted(node, String(plain + 1n), ...(plain === 0n ? [] : [String(plain - 1n)]));
}

/** `type(uint80).max`, whose successor does not fit its type. */
function shiftLimit(node: AstNode, about: Surroundings): Change[] {
  const of = node.expression?.typeDescriptions?.typeIdentifier ?? "";
  if (!of.startsWith("t_magic_meta_type") || !isInteger(node)) return [];
  const limit = about.text(node);
  return shifted(node, `(uint256(${limit}) + 1)`, `(${limit} - 1)`);
}

function shiftConstant(node: AstNode, about: Surroundings): Change[] {
  const declared = about.declarationOf(node);
  if (declared?.nodeType !== "VariableDeclaration" || !isInteger(node)) return [];
  if (declared.constant !== true && declared.mutability !== "immutable") return [];
  const name = about.text(node);
  return shifted(node, `(${name} + 1)`, `(${name} - 1)`);
}

function shifted(node: AstNode, ...replacements: string[]): Change[] {
  return replacements.map((replacement) => ({
    operator: "off-by-one",
    span: spanOf(node),
    replacement,
  }));
}

/** Statements that change something and give nothing: assignments, `++`, `delete`, calls. */
function removeEffect(node: AstNode, about: Surroundings): Change[] {
  if (isInLoopHeader(node, about.parents.at(-1)!)) return [];
  const operator = node.expression!.nodeType === "FunctionCall" ? "call" : "update";
  return remove(operator, node, about);
}

/** Where a statement has no semicolon of its own, and no other can take its place. */
export function isInLoopHeader(statement: AstNode, parent: AstNode): boolean {
  return statement === parent.loopExpression || statement === parent.initializationExpression;
}

/** Every `return` but the one a function ends with. */
function removeEarlyReturn(node: AstNode, about: Surroundings): Change[] {
  const blocks = about.parents.slice(about.parents.findLastIndex(isFunction) + 1);
  const isLast = [...blocks, node].every((step, i, path) => {
    const block = path[i - 1];
    return block === undefined || (isBlock(block) && childrenOf(block).at(-1) === step);
  });
  return isLast ? [] : remove("return", node, about);
}

function isFunction({ nodeType }: AstNode): boolean {
  return nodeType === "FunctionDefinition" || nodeType === "ModifierDefinition";
}

function isBlock({ nodeType }: AstNode): boolean {
  return nodeType === "Block" || nodeType === "UncheckedBlock";
}

function removeModifier(node: AstNode): Change[] {
  if (node.kind === "baseConstructorSpecifier") return [];
  return [{ operator: "modifier", span: spanOf(node), replacement: "" }];
}

function remove(operator: Operator, node: AstNode, about: Surroundings): Change[] {
  return [{ operator, span: about.statement(node), replacement: "{}" }];
}
