import { element } from "../../dom.ts";
import { families } from "../../try/words.ts";

/** Which family of valuations, with its formula. */
export const familySelect = (id: string): HTMLSelectElement =>
  element(
    "select",
    { id },
    ...Object.entries(families).map(([name, words]) => element("option", { value: name }, words)),
  );
