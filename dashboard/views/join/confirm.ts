import { element } from "../../dom.ts";

/** What a person is asked before anything is signed. */
export type Question = {
  title: string;
  /** What it comes to, as names and amounts with their units. */
  lines: [name: string, amount: string][];
  /** What else to know. */
  notes: string[];
  yes: string;
};

/**
 * Ask, in a dialog that the keyboard stays in until it is answered.
 *
 * @param over ends it with a no
 */
export function confirm(
  { title, lines, notes, yes }: Question,
  over: AbortSignal,
): Promise<boolean> {
  const form = element(
    "form",
    { method: "dialog" },
    element("h2", { id: "confirm-title" }, title),
    element(
      "dl",
      { class: "amounts" },
      ...lines.map(([name, amount]) =>
        element("div", {}, element("dt", {}, name), element("dd", {}, amount)),
      ),
    ),
    ...notes.map((note) => element("p", { class: "soft" }, note)),
    element(
      "p",
      { class: "buttons" },
      element("button", { value: "no" }, "Not now"),
      element("button", { value: "yes", class: "main" }, yes),
    ),
  );
  const dialog = element("dialog", { "aria-labelledby": "confirm-title", class: "card" }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    over.addEventListener("abort", () => dialog.close("no"));
    dialog.showModal();
  });
}
