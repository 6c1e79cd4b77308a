import { either, InputError, nearest, shown } from "./input-error.ts";

/** Where something was written, for the messages about it. */
export type Origin = {
  /** The file, as the person named it. */
  file: string;
  /** Fields that were set on the command line instead, and with which flag. */
  flags?: ReadonlyMap<string, string>;
};

/**
 * That a field cannot be used: where, what was given, what is allowed.
 *
 * @param given the whole file
 * @param path as in `token.decimals`; "" for the file itself
 */
export function complaint(
  given: unknown,
  origin: Origin,
  path: string,
  allowed: string,
): InputError {
  const value = valueAt(given, path);
  const flag = origin.flags?.get(path);
  if (flag !== undefined)
    return new InputError(`${flag}: given ${String(value)}, allowed ${allowed}`);
  const where = path === "" ? origin.file : `${origin.file}: ${path}`;
  const what = value === undefined ? "not given" : `given ${shown(value)}`;
  return new InputError(`${where}: ${what}, allowed ${allowed}`);
}

/** That a field does not exist, with the one that was most likely meant. */
export function unknownName(
  { file }: Origin,
  parent: string,
  key: string,
  known: readonly string[],
): InputError {
  const meant = nearest(key, known);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  const where = `${file}: ${parent === "" ? "" : `${parent}: `}`;
  return new InputError(
    `${where}given the unknown field ${shown(key)}, allowed ${either(known)}${hint}`,
  );
}

/** What stands at a place such as `token.decimals`; undefined if nothing does. */
export function valueAt(given: unknown, path: string): unknown {
  let value = given;
  for (const key of path === "" ? [] : path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
