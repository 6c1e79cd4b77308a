import { element, setText, tile } from "../../dom.ts";
import { addressOf, readAddress } from "../../try/address.ts";
import { population, shapes, terms } from "../../try/controls.ts";
import type { Frontier } from "../../try/frontier.ts";
import type { Outcome } from "../../try/outcome.ts";
import type { Family, NumberKey, Setting } from "../../try/setting.ts";
import { createSolver } from "../../try/solver.ts";
import { spoken, tilesOf } from "../../try/words.ts";
import type { View } from "../view.ts";
import { tryCharts } from "./charts.ts";
import { deployPart } from "./deploy.ts";
import { familySelect } from "./family.ts";
import { slider, type Slider } from "./slider.ts";

/** Two ends of a range: who moves one past the other takes the other along. */
const partners: Partial<Record<NumberKey, [other: NumberKey, isUpper: boolean]>> = {
  alphaFrom: ["alphaTo", true],
  alphaTo: ["alphaFrom", false],
  betaFrom: ["betaTo", true],
  betaTo: ["betaFrom", false],
};

// Browsers let a page change its address only so often, and nobody listens to every step of a slider.
const SETTLED = 300;

/** Turn a market's terms and see what becomes of efficiency and equality. */
export const showTry: View = (root) => {
  let setting: Setting;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let latest: Outcome | undefined;

  const notices = element("div", { role: "alert", class: "complaint" });
  const tiles = element("dl", { class: "tiles" });
  const said = element("p", { class: "hidden", role: "status" });
  const charts = tryCharts();
  const deploy = deployPart(() => setting);

  const sliders = new Map<NumberKey, Slider>();
  const make = (control: (typeof terms)[number]): HTMLElement => {
    const made = slider("try", control, (value) => change({ [control.key]: value }));
    sliders.set(control.key, made);
    return made.root;
  };
  const family = familySelect("try-family");
  const shape = element("div", {});
  family.addEventListener("change", () => {
    const chosen = family.value as Family;
    const usual = shapes[chosen]?.usual;
    change({ family: chosen, ...(usual === undefined ? {} : { shape: usual }) });
  });
  const showFamily = (): void => {
    if (family.value === setting.family && shape.dataset["family"] === setting.family) return;
    family.value = setting.family;
    shape.dataset["family"] = setting.family;
    sliders.delete("shape");
    const found = shapes[setting.family];
    shape.replaceChildren(...(found === null ? [] : [make(found.control)]));
  };

  const solver = createSolver(
    new Worker(new URL("../../try/worker.ts", import.meta.url), { type: "module" }),
    {
      outcome: showOutcome,
      frontier: showFrontier,
      failed: (reason) => setText(notices, `The solver failed: ${reason}. Load the page anew.`),
    },
  );

  function change(changes: Partial<Setting>): void {
    setting = { ...setting, ...changes };
    for (const key of Object.keys(changes) as NumberKey[]) {
      const partner = partners[key];
      if (partner === undefined) continue;
      const [other, isUpper] = partner;
      const crossed = isUpper ? setting[key] > setting[other] : setting[key] < setting[other];
      if (crossed) setting[other] = setting[key];
    }
    show();
    clearTimeout(settling);
    settling = setTimeout(() => {
      const address = addressOf(setting);
      history.replaceState(null, "", address === "" ? "#try" : `#try?${address}`);
      if (latest !== undefined) setText(said, spoken(latest));
    }, SETTLED);
  }

  function show(): void {
    showFamily();
    for (const [key, { show }] of sliders) show(setting[key]);
    solver.ask(setting);
    deploy.show();
  }

  function showOutcome(outcome: Outcome, { capacity }: Setting): void {
    latest = outcome;
    tiles.replaceChildren(
      ...tilesOf(outcome, capacity).map(({ title, value, note }) => tile(title, value, note)),
    );
    charts.showOutcome(outcome);
    root.setAttribute("aria-busy", "true");
  }

  function showFrontier(frontier: Frontier, { capacity }: Setting): void {
    if (latest !== undefined) charts.showFrontier(frontier, latest, capacity);
    root.removeAttribute("aria-busy");
  }

  const readHash = (): void => {
    const [route = "", address = ""] = location.hash.split("?", 2);
    if (route !== "#try") return;
    const read = readAddress(address);
    setText(notices, read.complaints.join(". "));
    setting = read.setting;
    show();
  };

  root.append(
    element("h1", {}, "Try a market's fees"),
    element(
      "p",
      { class: "soft" },
      "Agents are drawn, the exact equilibrium is solved as you move, and nothing leaves this page. ",
    ),
    notices,
    element(
      "div",
      { class: "try" },
      element(
        "form",
        {
          class: "card",
          "aria-label": "The market and its agents",
          onsubmit: (event) => event.preventDefault(),
        },
        element("fieldset", {}, element("legend", {}, "Terms"), ...terms.map(make)),
        element(
          "fieldset",
          {},
          element("legend", {}, "Agents"),
          element(
            "div",
            { class: "slider" },
            element("label", { for: "try-family" }, "Valuations"),
            family,
          ),
          ...population.map(make),
          shape,
        ),
        element(
          "button",
          { type: "button", onclick: () => (location.hash = "#try?") },
          "As at first",
        ),
      ),
      element("section", { "aria-label": "What comes of it" }, tiles, said, charts.root),
    ),
    deploy.root,
  );
  readHash();
  addEventListener("hashchange", readHash);
  return () => {
    removeEventListener("hashchange", readHash);
    clearTimeout(settling);
    solver.close();
    charts.close();
  };
};
