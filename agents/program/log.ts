/** From what happens all the time to what needs somebody. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes what happened, as one JSON object a line. */
export type Log = Record<LogLevel, (event: string, about?: Record<string, unknown>) => void>;

/**
 * @param least lower levels are not written
 * @param secrets never written, wherever they turn up: passwords, mnemonics, the paths of node URLs
 */
export function createLog(
  least: LogLevel,
  write: (line: string) => void,
  secrets: readonly string[] = [],
): Log {
  // The longest first, so that none leaves its end behind.
  const hidden = secrets.filter(({ length }) => length > 0).toSorted((a, b) => b.length - a.length);
  const at =
    (level: LogLevel) =>
    (event: string, about: Record<string, unknown> = {}): void => {
      if (logLevels.indexOf(level) < logLevels.indexOf(least)) return;
      let line = JSON.stringify({ time: new Date().toISOString(), level, event, ...about }, plain);
      for (const secret of hidden) {
        line = line.replaceAll(JSON.stringify(secret).slice(1, -1), "[secret]");
      }
      write(`${line}\n`);
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** JSON has no bigints, and an error's message is not among its own fields. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  return value instanceof Error ? value.message : value;
}
