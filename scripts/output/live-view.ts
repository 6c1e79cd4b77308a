// The run while it goes on: a small block that is drawn over itself on a terminal, a line a round anywhere else.

import type { RoundRecord, Summary } from "../record.ts";
import {
  counted,
  formatCount,
  formatGiven,
  formatNumber,
  formatShare,
  formatSmall,
  printable,
} from "./format.ts";

/** What is known before the first round. */
export type LiveMarket = {
  name: string;
  agents: number;
  capacity: number;
  rule: Summary["rule"];
};

/** Where it is shown: a stream such as `process.stderr`. */
export type LiveStream = {
  write(text: string): unknown;
  on(event: "error" | "resize", listener: () => void): unknown;
  off(event: "error" | "resize", listener: () => void): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
};

/** What to tell it. Nothing here throws, whatever becomes of the stream. */
export type LiveView = {
  /** What is being done while no round is open. */
  note(text: string): void;
  /** So many agents are joining. */
  joining(agents: number): void;
  /** So many of the agents have answered in the open round. */
  answers(answered: number, of: number): void;
  /** A round has closed. */
  round(record: RoundRecord): void;
  /** Leave what is shown and give the terminal back. Can be called twice. */
  close(): void;
};

/** Surroundings that a test sets itself. */
export type LiveSettings = {
  environment?: Record<string, string | undefined>;
  /** Milliseconds on any clock. */
  now?: () => number;
};

type State = {
  note: string;
  last: RoundRecord | undefined;
  prices: number[];
  gas: number;
  progress: { answered: number; of: number } | undefined;
};

const ESCAPE = "\u001b[";
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;
const ERASE_BELOW = `${ESCAPE}0J`;
const ERASE_LINE = `${ESCAPE}K`;
const STYLES = { bold: "1", dim: "2", blue: "34", red: "31", green: "32" } as const;
const SPARKS = "▁▂▃▄▅▆▇█";

/** Demands come in by the hundred; the eye takes in no more than this. */
const MIN_MILLISECONDS = 60;
const DEFAULT_COLUMNS = 80;
const MAX_COLUMNS = 100;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A piece of a line; the style does not count as width. */
type Piece = { text: string; style?: keyof typeof STYLES };

/** Show a run on a stream: drawn over itself on a terminal, plain lines elsewhere and under NO_COLOR. */
export function createLiveView(
  stream: LiveStream,
  market: LiveMarket,
  settings: LiveSettings = {},
): LiveView {
  const environment = settings.environment ?? process.env;
  const plain =
    stream.isTTY !== true || Boolean(environment["NO_COLOR"]) || environment["TERM"] === "dumb";
  return plain ? plainView(stream, market) : drawnView(stream, market, settings.now ?? Date.now);
}

function plainView(stream: LiveStream, market: LiveMarket): LiveView {
  const output = guarded(stream);
  let closed = false;
  const line = (text: string): void => {
    if (!closed) output.write(`${text}\n`);
  };
  return {
    note: (text) => {
      line(`${nameOf(market)}: ${printable(text)}`);
    },
    joining: (agents) => {
      line(`${nameOf(market)}: ${counted(agents, "agent")} joining`);
    },
    answers: () => undefined,
    round: (record) => {
      line(plainLine(record, market));
    },
    close: () => {
      closed = true;
    },
  };
}

function plainLine(record: RoundRecord, { capacity }: LiveMarket): string {
  return [
    `round ${String(record.round).padStart(3)}`,
    `price ${formatNumber(record.price).padEnd(7)}`,
    `demand ${formatNumber(record.demand)}/${formatGiven(capacity)} (${formatShare(record.demand / capacity)})`,
    `r_p ${formatSmall(record.primalResidual)}`,
    `r_d ${formatSmall(record.dualResidual)}`,
    `r_x ${formatSmall(record.movement)}`,
    `answered ${record.answered}/${record.members}`,
    `gas ${formatCount(record.gas.submit + record.gas.close)}`,
  ].join("  ");
}

function drawnView(stream: LiveStream, market: LiveMarket, now: () => number): LiveView {
  const output = guarded(stream);
  const state: State = {
    note: "",
    last: undefined,
    prices: [],
    gas: 0,
    progress: undefined,
  };
  let drawn: number[] = [];
  let drawnAt = -Infinity;
  let closed = false;

  const draw = (): void => {
    if (closed) return;
    drawnAt = now();
    const width = widthOf(stream);
    const all = linesOf(state, market, width);
    // A block higher than the window cannot be drawn over: its top has scrolled away.
    const lines = (stream.rows ?? Infinity) > all.length ? all : all.slice(-1);
    // A narrowed window has wrapped what was drawn, so it takes more rows now.
    const columns = columnsOf(stream);
    const height = drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    const up = height > 1 ? `${ESCAPE}${height - 1}A` : "";
    const text = lines.map((pieces) => styled(pieces) + ERASE_LINE).join("\n");
    output.write(`${HIDE_CURSOR}${drawn.length > 0 ? `\r${up}${ERASE_BELOW}` : ""}${text}`);
    drawn = lines.map((pieces) =>
      pieces.reduce((sum, { text: part }) => sum + widthOfText(part), 0),
    );
  };

  const close = (): void => {
    if (closed) return;
    state.note = "";
    if (state.last !== undefined) draw();
    closed = true;
    output.write(`${drawn.length > 0 ? "\n" : ""}${SHOW_CURSOR}`);
    output.release();
    process.off("exit", close);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  // Without a listener a signal ends the process at once, with the cursor still hidden.
  const onSignal = (signal: NodeJS.Signals): void => {
    close();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  output.onResize(draw);
  process.on("exit", close);
  for (const signal of SIGNALS) process.on(signal, onSignal);

  return {
    note: (text) => {
      state.note = printable(text);
      draw();
    },
    joining: (agents) => {
      state.note = `${counted(agents, "agent")} joining`;
      draw();
    },
    answers: (answered, of) => {
      state.note = "";
      state.progress = { answered, of };
      if (answered >= of || now() - drawnAt >= MIN_MILLISECONDS) draw();
    },
    round: (record) => {
      state.note = "";
      state.last = record;
      state.prices.push(record.price);
      state.gas += record.gas.submit + record.gas.close;
      state.progress = undefined;
      draw();
    },
    close,
  };
}

/** The block, each line within `width`. */
function linesOf(state: State, market: LiveMarket, width: number): Piece[][] {
  const { last, prices, progress, note } = state;
  const head: Piece[] = [
    { text: nameOf(market), style: "bold" },
    { text: `  ${counted(market.agents, "agent")}, ${market.rule}` },
  ];
  if (last === undefined) {
    return [head, answersLine(progress, 0, note, width)].map((line) => cut(line, width));
  }

  const price = `${formatNumber(last.price)} → ${formatNumber(last.nextPrice)}`;
  const lines: Piece[][] = [
    [...head, { text: `  round ${last.round}` }],
    [
      label("price"),
      { text: `${price}  ` },
      { text: sparkline(prices, width - 15 - price.length), style: "blue" },
    ],
    [
      label("demand"),
      { text: `${formatNumber(last.demand)} of ${formatGiven(market.capacity)}  ` },
      {
        text: formatShare(last.demand / market.capacity),
        style: last.demand > market.capacity ? "red" : "green",
      },
    ],
    [{ text: " ".repeat(LABEL_WIDTH) }, ...bar(last.demand, market.capacity, width - LABEL_WIDTH)],
    [
      label("residuals"),
      {
        text: `r_p ${formatSmall(last.primalResidual)}  r_d ${formatSmall(last.dualResidual)}  r_x ${formatSmall(last.movement)}`,
      },
    ],
    [
      label("gas"),
      {
        text: `${formatCount(last.gas.submit + last.gas.close)} this round  ${formatCount(state.gas)} so far`,
      },
    ],
    answersLine(
      progress ?? { answered: last.answered, of: market.agents },
      progress ? last.round + 1 : last.round,
      note,
      width,
    ),
  ];
  return lines.map((line) => cut(line, width));
}

const LABEL_WIDTH = 11;

function label(text: string): Piece {
  return { text: text.padEnd(LABEL_WIDTH), style: "dim" };
}

/** How many have answered in which round, or what else is going on. */
function answersLine(
  progress: State["progress"],
  round: number,
  note: string,
  width: number,
): Piece[] {
  if (note !== "" || progress === undefined) return [label(""), { text: note || "starting" }];
  const { answered, of } = progress;
  const count = `${formatCount(answered)} of ${formatCount(of)}, round ${round}  `;
  const room = Math.max(0, Math.min(30, width - LABEL_WIDTH - count.length));
  const filled = of > 0 ? Math.min(room, Math.round((room * answered) / of)) : 0;
  return [
    label("answers"),
    { text: count },
    { text: "━".repeat(filled), style: "blue" },
    { text: "─".repeat(room - filled), style: "dim" },
  ];
}

/** Demand filled in up to a mark for capacity, and beyond it where it is too much. */
function bar(demand: number, capacity: number, width: number): Piece[] {
  const cells = Math.max(3, width);
  const scale = Math.max(demand, 1.25 * capacity);
  const mark = Math.min(cells - 1, Math.round((cells * capacity) / scale));
  const filled = Math.max(0, Math.min(cells, Math.round((cells * demand) / scale)));
  const inside = Math.min(filled, mark);
  const beyond = Math.max(0, filled - mark - 1);
  return [
    { text: "█".repeat(inside), style: "blue" },
    { text: "·".repeat(mark - inside), style: "dim" },
    { text: "│", style: "bold" },
    { text: "█".repeat(beyond), style: "red" },
    { text: "·".repeat(cells - mark - 1 - beyond), style: "dim" },
  ];
}

/** The latest prices as a row of blocks, between the lowest and the highest of them. */
function sparkline(values: number[], width: number): string {
  const latest = values.slice(-Math.max(0, Math.min(40, width)));
  if (width < 1 || latest.length < 2) return "";
  const low = Math.min(...latest);
  const span = Math.max(...latest) - low;
  return latest
    .map((value) => SPARKS[span > 0 ? Math.round((7 * (value - low)) / span) : 0]!)
    .join("");
}

/** The pieces up to `width`, the last one cut. */
function cut(pieces: Piece[], width: number): Piece[] {
  const fitting: Piece[] = [];
  let room = width;
  for (const piece of pieces) {
    let text = "";
    for (const character of piece.text) {
      const size = widthOfText(character);
      if (size > room) return [...fitting, { ...piece, text }];
      text += character;
      room -= size;
    }
    fitting.push({ ...piece, text });
  }
  return fitting;
}

function styled(pieces: Piece[]): string {
  return pieces
    .map(({ text, style }) =>
      style && text ? `${ESCAPE}${STYLES[style]}m${text}${ESCAPE}0m` : text,
    )
    .join("");
}

/** Columns on the screen: East Asian characters and emoji take two, combining marks none. */
function widthOfText(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\p{Cf}/u.test(character)) continue;
    width += /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹯＀-｠￠-￦]|\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
  }
  return width;
}

function columnsOf(stream: LiveStream): number {
  const { columns } = stream;
  return columns !== undefined && columns > 0 ? columns : DEFAULT_COLUMNS;
}

/** One column is left free: a full line makes some terminals wrap. */
function widthOf(stream: LiveStream): number {
  return Math.max(1, Math.min(MAX_COLUMNS, columnsOf(stream) - 1));
}

function nameOf(market: LiveMarket): string {
  return printable(market.name) || "market";
}

/** The stream with its failures kept in: showing a run must not end it. */
function guarded(stream: LiveStream): {
  write: (text: string) => void;
  onResize: (listener: () => void) => void;
  release: () => void;
} {
  let broken = false;
  const listeners: (() => void)[] = [];
  const attempt = (action: () => unknown): void => {
    if (broken) return;
    try {
      action();
    } catch {
      broken = true;
    }
  };
  // Stays for good: a closed pipe reports itself after the last write.
  attempt(() =>
    stream.on("error", () => {
      broken = true;
    }),
  );
  return {
    write: (text) => {
      attempt(() => stream.write(text));
    },
    onResize: (listener) => {
      listeners.push(listener);
      attempt(() => stream.on("resize", listener));
    },
    release: () => {
      for (const listener of listeners) attempt(() => stream.off("resize", listener));
    },
  };
}
