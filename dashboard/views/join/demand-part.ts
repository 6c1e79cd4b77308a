import { ChainError } from "../../../agents/errors.ts";
import { decimal } from "../../../markets/field-kinds.ts";
import type { Agent } from "../../../mechanism/agent.ts";
import { MAX_QUANTITY } from "../../../mechanism/twin-state.ts";
import type { Valuation } from "../../../mechanism/valuations/families.ts";
import { createLinesChart } from "../../charts/lines-chart.ts";
import { formatAmount, formatExact } from "../../../scripts/output/format.ts";
import { element, setText } from "../../dom.ts";
import { readNumber, real, shapes } from "../../try/controls.ts";
import type { Family } from "../../try/setting.ts";
import { familySelect } from "../try/family.ts";
import { slider, type Slider } from "../try/slider.ts";
import type { Context, Now } from "./context.ts";
import { bestOf, payoffPlot, type Offer } from "./payoff.ts";

const controls = {
  alpha: real({ key: "alpha", label: "Worth α", unit: "tokens", min: 0.1, max: 100, step: 0.1 }),
  beta: real({ key: "beta", label: "Cost β", unit: "tokens a unit", min: 0, max: 20, step: 0.1 }),
};
const quantity = { label: "Demand", kind: decimal({ min: 0n, max: MAX_QUANTITY }) };

/** What the resource is worth to you, what is best at today's price, and your answer. */
export function demandPart(context: Context): { root: HTMLElement; close: () => void } {
  const { now, ask, act, quote } = context;
  const mind = { family: "log" as Family, alpha: 12, shape: 1, beta: 1 };
  // Until a person types a demand, it is the best response.
  let typed: number | null = null;

  const sliders: Record<string, Slider> = {};
  const make = (key: "alpha" | "beta" | "shape", control: Parameters<typeof slider>[1]) => {
    sliders[key] = slider("join", control, (value) => {
      mind[key] = value;
      show(now.get());
    });
    return sliders[key].root;
  };
  const family = familySelect("join-family");
  const shape = element("div", {});
  family.addEventListener("change", () => {
    mind.family = family.value as Family;
    const found = shapes[mind.family];
    mind.shape = found?.usual ?? mind.shape;
    delete sliders["shape"];
    shape.replaceChildren(...(found === null ? [] : [make("shape", found.control)]));
    show(now.get());
  });
  const demand = element("input", { id: "join-demand", inputmode: "decimal", autocomplete: "off" });
  const best = element("button", { type: "button" }, "Best response");
  const submit = element("button", { class: "main" }, "Submit");
  const complaint = element("p", { class: "complaint", role: "alert" });
  const why = element("p", { class: "soft" });
  const chart = createLinesChart("What a demand is worth to you");

  const agentOf = (): Agent => {
    const { family, alpha, shape, beta } = mind;
    const valuation: Valuation = family === "log" ? { family, alpha } : { family, alpha, shape };
    return { id: "you", valuation, cost: { family: "linear", beta } };
  };
  const offerOf = ({ round, account }: Now): Offer | null =>
    round === null
      ? null
      : {
          price: round.price,
          fees: round.fees,
          capacity: round.capacity,
          affordable: account?.isMember === true ? account.affordable : round.capacity,
        };

  const onSubmit = async (): Promise<void> => {
    const { round, followed } = now.get();
    const reading = readNumber(quantity, demand.value.trim());
    setText(complaint, "complaint" in reading ? reading.complaint : "");
    if ("complaint" in reading || round === null || followed === null) return;
    const { tokenSymbol: symbol, policy } = followed.market;
    const units = reading.value;
    const { charge, payment } = await quote(units).catch((error: unknown) => {
      setText(complaint, (error as Error).message);
      return { charge: Number.NaN, payment: Number.NaN };
    });
    if (Number.isNaN(charge)) return;
    const isKept = policy === "PerSubmission";
    const isSure = await ask({
      title: `Ask for ${formatExact(units)} units?`,
      lines: [
        ["Price now", `${formatAmount(round.price)} ${symbol} a unit`],
        [
          isKept ? "Charged now, and kept" : "Locked for the charge",
          `${formatAmount(charge)} ${symbol}`,
        ],
        ["Locked for the payment", `${formatAmount(payment)} ${symbol}`],
        ["The most it can cost", `${formatAmount(charge + payment)} ${symbol}`],
      ],
      notes: [
        `It answers round ${round.round} of epoch ${round.epoch}, and stands until you answer another round. At a higher price you get no more of it than what is locked pays for.`,
        isKept
          ? "Every demand is charged when it is sent; the payment is taken when the epoch settles, at the price it settles at if that is lower."
          : "Nothing is taken before the epoch settles, and then for what you get: at the price it settles at, if that is lower.",
      ],
      yes: "Submit",
    });
    if (!isSure) return;
    const done = await act(`Ask for ${formatExact(units)} units`, async (client) => {
      if ((await client.submit(round, units)) === null)
        throw new ChainError("the round was closed before your demand came; answer the new price");
    });
    if (done) typed = null;
  };

  const form = element(
    "form",
    {
      class: "inline",
      onsubmit: (event) => {
        event.preventDefault();
        void onSubmit();
      },
    },
    element("label", { for: "join-demand" }, "Your demand, units", demand),
    best,
    submit,
  );
  demand.addEventListener("input", () => {
    setText(complaint, "");
    const reading = readNumber(quantity, demand.value.trim());
    typed = "value" in reading ? reading.value : Number.NaN;
    show(now.get());
  });
  best.addEventListener("click", () => {
    typed = null;
    show(now.get());
  });

  const weigh = element(
    "div",
    { class: "weigh" },
    element(
      "div",
      {},
      element(
        "div",
        { class: "slider" },
        element("label", { for: "join-family" }, "Valuation"),
        family,
      ),
      make("alpha", controls.alpha),
      make("beta", controls.beta),
      shape,
      form,
      complaint,
    ),
    chart.figure,
  );
  const root = element("section", { class: "card" }, element("h2", {}, "Your demand"), why, weigh);

  function show(state: Now): void {
    const { round, account, followed, session } = state;
    const offer = offerOf(state);
    root.hidden = followed === null;
    for (const [key, { show }] of Object.entries(sliders)) show(mind[key as "alpha"]);
    setText(why, reason(session !== null, account?.isMember === true, round, account?.hasAnswered));
    submit.disabled =
      session === null || round === null || account?.isMember !== true || account.hasAnswered;
    weigh.hidden = offer === null;
    if (offer === null || followed === null) return;
    const agent = agentOf();
    if (typed === null) demand.value = String(bestOf(agent, offer).demand);
    const chosen = typed ?? bestOf(agent, offer).demand;
    const shown = Number.isFinite(chosen) ? Math.min(chosen, offer.capacity) : 0;
    chart.draw(payoffPlot(agent, offer, shown, followed.market.tokenSymbol));
  }
  const end = now.follow(show);
  return {
    root,
    close: () => {
      end();
      chart.close();
    },
  };
}

function reason(
  isThere: boolean,
  isMember: boolean,
  round: Now["round"],
  hasAnswered: boolean | undefined,
): string {
  if (round === null)
    return "No epoch is open. When the owner opens the next, you can answer its price.";
  const at = `Round ${round.round} of epoch ${round.epoch}: ${formatAmount(round.price)} tokens a unit, ${formatAmount(round.demand)} of ${formatAmount(round.capacity)} units asked for, ${round.answered} of ${round.members} have answered.`;
  if (!isThere) return `${at} Choose who you are to answer.`;
  if (!isMember) return `${at} Deposit first: that makes you a member.`;
  return hasAnswered === true
    ? `${at} You have answered; the next round takes your next answer.`
    : at;
}
