import { EventEmitter } from "node:events";

import { expect } from "chai";

import { createLiveView, type LiveStream } from "../../../scripts/output/live-view.ts";
import { syntheticRun } from "./synthetic-run.ts";

const MARKET = { name: "default", agents: 20, capacity: 50, rule: "Secant" } as const;
const { rounds } = syntheticRun({ n: 20 }).run;

/** A stream that keeps what was written, and shows it as a terminal of its size would. */
class FakeStream extends EventEmitter implements LiveStream {
  isTTY: boolean;
  columns: number;
  rows: number;
  written = "";

  constructor({ isTTY = true, columns = 60, rows = 24 } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): boolean {
    this.written += text;
    return true;
  }

  /** The screen after everything written so far. */
  screen(): string[] {
    const lines = [""];
    let row = 0;
    let column = 0;

    for (const [token] of this.written.matchAll(/\u001b\[[?\d;]*[A-Za-z]|[\s\S]/gu)) {
      if (token === "\n") {
        row += 1;
        column = 0;
        lines[row] ??= "";
      } else if (token === "\r") column = 0;
      else if (token.startsWith("\u001b")) {
        if (token.endsWith("A")) row = Math.max(0, row - Number(token.slice(2, -1)));
        else if (token.endsWith("J")) {
          lines.length = row + 1;
          lines[row] = lines[row]!.slice(0, column);
        } else if (token.endsWith("K")) lines[row] = lines[row]!.slice(0, column);
      } else {
        const line = Array.from(lines[row]!.padEnd(column));
        line[column] = token;
        lines[row] = line.join("");
        column += 1;
      }
    }
    return lines;
  }
}

describe("the live view", () => {
  it("draws over itself within a narrow terminal", () => {
    const stream = new FakeStream();
    const view = createLiveView(stream, MARKET, { environment: {} });
    view.note("deploying");
    expect(stream.screen()[1]).to.include("deploying");
    for (const record of rounds) {
      view.answers(20, 20);
      view.round(record);
    }
    view.note("writing the report");
    expect(stream.screen()[6]).to.include("writing the report");
    view.close();
    const screen = stream.screen().slice(0, -1);
    expect(screen).to.have.length(7);
    for (const line of screen) expect(line.length, line).to.be.below(60);
    expect(screen[0]).to.include(`default  20 agents, Secant  round ${rounds.length - 1}`);
    expect(screen[1]).to.match(/^price {6}0\.51884 → /);
    expect(screen[2]).to.match(/^demand {5}50\.000 of 50 {2}100\.0 %/);
    expect(screen[3]).to.match(/█+│·+$/);
    expect(screen[4]).to.match(/r_p .* r_d .* r_x /);
    expect(screen[5]).to.include("769,448 this round");
    expect(screen[6]).to.match(/^answers {4}20 of 20, round 4 {2}━+$/);
  });

  it("shows demands coming in, as often as an eye can follow", () => {
    let time = 0;
    const stream = new FakeStream();
    const view = createLiveView(stream, MARKET, { environment: {}, now: () => time });
    view.round(rounds[0]!);
    const before = stream.written.length;
    view.answers(1, 20);
    expect(stream.written.length).to.equal(before);
    time += 100;
    view.answers(2, 20);
    expect(stream.screen()[6]).to.include("2 of 20, round 1");
    view.answers(20, 20);
    expect(stream.screen()[6]).to.include("20 of 20, round 1");
    view.close();
  });

  it("follows a window that changes, down to almost nothing", () => {
    const stream = new FakeStream({ columns: 100 });
    const view = createLiveView(stream, MARKET, { environment: {} });
    view.round(rounds[0]!);
    for (const columns of [40, 12, 1, 0]) {
      stream.columns = columns;
      stream.emit("resize");
    }
    stream.columns = 80;
    stream.rows = 3;
    stream.emit("resize");
    view.close();
    expect(stream.listenerCount("resize")).to.equal(0);
    expect(stream.screen().at(-2)).to.include("20 of 20");
  });

  it("gives the cursor and the signals back, once", () => {
    const before = ["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((name) =>
      process.listenerCount(name),
    );
    const stream = new FakeStream();
    const view = createLiveView(stream, MARKET, { environment: {} });
    view.round(rounds[0]!);
    view.close();
    view.close();
    view.round(rounds[1]!);
    expect(stream.written.endsWith("\n\u001b[?25h")).to.be.true;
    expect(stream.written.split("\u001b[?25h")).to.have.length(2);
    expect(
      ["exit", "SIGINT", "SIGTERM", "SIGHUP"].map((name) => process.listenerCount(name)),
    ).to.eql(before);
  });

  for (const [where, isTTY, environment] of [
    ["off a terminal", false, {}],
    ["under NO_COLOR", true, { NO_COLOR: "1" }],
    ["on a dumb terminal", true, { TERM: "dumb" }],
  ] as const) {
    it(`prints a plain line a round ${where}`, () => {
      const stream = new FakeStream({ isTTY });
      const view = createLiveView(stream, MARKET, { environment });
      view.joining(20);
      for (const record of rounds) {
        for (let answered = 1; answered <= 20; answered++) view.answers(answered, 20);
        view.round(record);
      }
      view.close();
      const lines = stream.written.trimEnd().split("\n");
      expect(lines).to.have.length(1 + rounds.length);
      expect(lines[0]).to.equal("default: 20 agents joining");
      expect(lines.at(-1)).to.match(
        /^round {3}4 {2}price 0\.51884 {2}demand 50\.000\/50 \(100\.0 %\) {2}r_p .* answered 20\/20 {2}gas 769,448$/,
      );
      expect(stream.written).not.to.include("\u001b");
    });
  }

  it("never throws, whatever becomes of the stream", () => {
    const failing = new FakeStream();
    failing.write = () => {
      throw new Error("gone");
    };
    const closing = new FakeStream();
    for (const stream of [failing, closing]) {
      const view = createLiveView(stream, { ...MARKET, capacity: 0 }, { environment: {} });
      view.note("x");
      stream.emit("error", new Error("EPIPE"));
      view.round({ ...rounds[0]!, price: NaN, demand: Infinity });
      view.answers(0, 0);
      view.close();
    }
  });

  it("keeps wide names within the terminal", () => {
    const stream = new FakeStream({ columns: 20 });
    const view = createLiveView(
      stream,
      { ...MARKET, name: "市場".repeat(20) },
      { environment: {} },
    );
    view.note("");
    expect(stream.screen()[0]).to.equal("市場".repeat(4) + "市");
    view.close();
  });
});
