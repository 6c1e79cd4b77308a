/** A node of the compiler's syntax tree, in the parts that mutation looks at. */
export type AstNode = {
  id: number;
  nodeType: string;
  /** `start:length:file`, in bytes. */
  src: string;
  name?: string;
  kind?: string;
  operator?: string;
  memberName?: string;
  referencedDeclaration?: number;
  constant?: boolean;
  mutability?: string;
  typeDescriptions?: { typeIdentifier?: string; typeString?: string };
  arguments?: AstNode[];
  baseFunctions?: number[];
  body?: AstNode | null;
  components?: AstNode[];
  condition?: AstNode;
  expression?: AstNode;
  falseExpression?: AstNode;
  leftExpression?: AstNode;
  leftHandSide?: AstNode;
  loopExpression?: AstNode | null;
  initializationExpression?: AstNode | null;
  modifierName?: AstNode;
  rightExpression?: AstNode;
  rightHandSide?: AstNode;
  statements?: AstNode[];
  subExpression?: AstNode;
  trueExpression?: AstNode;
  value?: unknown;
};

/** Bytes of a file, the end not included. */
export type Span = { start: number; end: number };

export function spanOf({ src }: AstNode): Span {
  const [start, length] = src.split(":").map(Number);
  return { start: start!, end: start! + length! };
}

/** The nodes directly below, in the order of the source. */
export function childrenOf(node: AstNode): AstNode[] {
  return Object.values(node)
    .flat()
    .filter(isNode)
    .sort((a, b) => spanOf(a).start - spanOf(b).start);
}

function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

export function* walk(node: AstNode): Generator<AstNode> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** A number written out, like `1e18` or `(1 << 60) - 1`, which the compiler computes exactly. */
export function isNumber({ typeDescriptions }: AstNode): boolean {
  return typeDescriptions?.typeIdentifier?.startsWith("t_rational") ?? false;
}

export function isInteger({ typeDescriptions }: AstNode): boolean {
  return /^t_(uint|int)\d/.test(typeDescriptions?.typeIdentifier ?? "");
}
