/**
 * Where a text stops being JSON: the offset of the first character that cannot stand there, or
 * the text's length if it ends too early. Undefined for JSON. `JSON.parse` tells the offset in
 * some of its messages only.
 */
export function jsonErrorOffset(text: string): number | undefined {
  const space = /[ \t\n\r]*/y;
  const token =
    /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  let at = 0;

  const skipSpace = (): void => {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
  };
  const take = (expected: string): boolean => {
    skipSpace();
    if (text[at] !== expected) return false;
    at++;
    return true;
  };
  const takeToken = (stringOnly: boolean): boolean => {
    skipSpace();
    if (stringOnly && text[at] !== '"') return false;
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) return false;
    at += match[0].length;
    return true;
  };
  const takeList = (close: string, takeItem: () => boolean): boolean => {
    if (take(close)) return true;
    do {
      if (!takeItem()) return false;
    } while (take(","));
    return take(close);
  };
  const takeValue = (): boolean => {
    if (take("{")) return takeList("}", () => takeToken(true) && take(":") && takeValue());
    if (take("[")) return takeList("]", takeValue);
    return takeToken(false);
  };

  if (!takeValue()) return at;
  skipSpace();
  return at === text.length ? undefined : at;
}
