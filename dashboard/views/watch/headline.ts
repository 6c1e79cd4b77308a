import { element, setText } from "../../dom.ts";
import { formatNumber, formatShare, formatGiven } from "../../../scripts/output/format.ts";
import type { Scene } from "./scene.ts";
import { deadlineText, newsOf, wordsOf } from "./words.ts";

/** The part that says what is going on: the price, large; how much is asked for; when the round closes. */
export type Headline = { root: HTMLElement; show: (scene: Scene) => void; close: () => void };

// Rounds may follow each other faster than they can be read out.
const QUIET = 4_000;
// Relative: what a market cleared with its default tolerance may be above capacity.
const SLACK = 1e-3;

/** @param onEpoch called with the epoch that is chosen */
export function createHeadline(onEpoch: (epoch: number) => void): Headline {
  const market = element("span");
  const epochs = element("select", { id: "epoch", class: "epochs" });
  const headline = element("h1");
  const detail = element("p", { class: "detail" });
  const price = element("span", { class: "price" });
  const unit = element("span", { class: "unit" });
  const move = element("span", { class: "move" });
  const bar = element("span", { class: "bar" });
  const mark = element("span", { class: "mark" });
  const load = element("p", { class: "load" });
  const deadline = element("p", { class: "deadline" });
  const news = element("p", { class: "hidden", role: "status" });
  const root = element(
    "section",
    { class: "card headline", "aria-label": "The market now" },
    element(
      "p",
      { class: "market" },
      market,
      element("label", { for: "epoch", class: "hidden" }, "Epoch"),
      epochs,
    ),
    headline,
    detail,
    element(
      "div",
      { class: "now" },
      element("p", { class: "posted" }, price, unit, move),
      element("div", { class: "gauge", "aria-hidden": "true" }, bar, mark),
      load,
      deadline,
    ),
    news,
  );
  epochs.addEventListener("change", () => onEpoch(Number(epochs.value)));

  let scene: Scene | undefined;
  let told = { text: "", at: -Infinity };
  const tick = (): void => {
    setText(deadline, scene?.open === undefined ? "" : deadlineText(scene.open));
    if (scene === undefined) return;
    const text = newsOf(scene);
    if (text === told.text || performance.now() - told.at < QUIET) return;
    told = { text, at: performance.now() };
    setText(news, text);
  };
  const timer = setInterval(tick, 500);

  return {
    root,
    show: (next) => {
      scene = next;
      const { open, rounds, symbol, capacity } = scene;
      const words = wordsOf(scene);
      setText(market, scene.market);
      showEpochs(epochs, scene);
      setText(headline, words.headline);
      setText(detail, words.detail);
      const last = rounds.at(-1);
      const posted = open?.price ?? last?.price;
      setText(price, posted === undefined ? "–" : formatNumber(posted));
      setText(unit, posted === undefined ? "" : `${symbol} / unit`);
      const before = open === undefined ? rounds.at(-2)?.price : last?.price;
      showMove(move, posted, before);
      const demand = open?.demand ?? last?.demand ?? 0;
      root.classList.toggle("empty", posted === undefined);
      const full = Math.max(demand, capacity * 1.25, 1e-300);
      bar.style.width = `${(100 * demand) / full}%`;
      bar.classList.toggle("over", demand > capacity * (1 + SLACK));
      mark.style.left = `${(100 * capacity) / full}%`;
      setText(
        load,
        `Demand ${formatNumber(demand)} of ${formatGiven(capacity)} units, ${formatShare(demand / capacity)} of capacity`,
      );
      tick();
    },
    close: () => clearInterval(timer),
  };
}

function showMove(move: HTMLElement, price: number | undefined, before: number | undefined): void {
  const change = price === undefined || before === undefined ? 0 : price - before;
  const way = change > 0 ? "up" : "down";
  setText(
    move,
    change === 0 ? "" : `${way} ${formatNumber(Math.abs(change))} from the round before`,
  );
}

function showEpochs(select: HTMLSelectElement, { epochs, epoch }: Scene): void {
  select.hidden = epochs.length < 2;
  const listed = select.options.length;
  if (listed !== epochs.length) {
    select.replaceChildren(
      ...epochs
        .toReversed()
        .map((each, index) =>
          element("option", { value: each }, `Epoch ${each}${index === 0 ? ", the latest" : ""}`),
        ),
    );
  }
  select.value = String(epoch);
}
