import { element, setText } from "../../dom.ts";
import { readNumber, type Control } from "../../try/controls.ts";

/** A slider and a field for the same number. */
export type Slider = { root: HTMLElement; show: (value: number) => void };

/**
 * @param view whose it is: ids differ from those of other views
 * @param onValue told each number chosen by either, once it is allowed
 */
export function slider(
  view: string,
  control: Control<string>,
  onValue: (value: number) => void,
): Slider {
  const { label, unit, min, max } = control;
  const id = `${view}-${control.key}`;
  const scale = control.isLogarithmic === true ? logarithmic(min, max) : null;
  const name = unit === "" ? label : `${label}, ${unit}`;
  const range = element("input", {
    type: "range",
    id: id,
    min: scale === null ? min : 0,
    max: scale === null ? max : scale.length - 1,
    step: scale === null ? control.step : 1,
  });
  const field = element("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": `${name}, as a number`,
    "aria-describedby": `${id}-complaint`,
  });
  const complaint = element("p", {
    class: "complaint",
    id: `${id}-complaint`,
    role: "alert",
  });
  let shown = Number.NaN;

  const complain = (sentence: string): void => {
    setText(complaint, sentence);
    if (sentence === "") field.removeAttribute("aria-invalid");
    else field.setAttribute("aria-invalid", "true");
  };
  range.addEventListener("input", () => {
    const place = Number(range.value);
    complain("");
    onValue(scale === null ? place : scale[place]!);
  });
  field.addEventListener("change", () => {
    const reading = readNumber(control, field.value.trim());
    complain("complaint" in reading ? reading.complaint : "");
    if ("value" in reading) onValue(reading.value);
  });

  return {
    root: element(
      "div",
      { class: "slider" },
      element("label", { for: id }, label, element("span", {}, unit)),
      range,
      field,
      complaint,
    ),
    show: (value) => {
      if (value === shown) return;
      shown = value;
      range.value = String(scale === null ? value : nearest(scale, value));
      range.setAttribute("aria-valuetext", unit === "" ? `${value}` : `${value} ${unit}`);
      field.value = String(value);
      complain("");
    },
  };
}

/** Whole numbers from one end to the other, of two digits, each a few per cent above the one before. */
function logarithmic(min: number, max: number): number[] {
  const places = 240;
  const values = Array.from({ length: places + 1 }, (_, place) => {
    const exact = min * (max / min) ** (place / places);
    const step = Math.max(1, 10 ** (Math.floor(Math.log10(exact)) - 1));
    return Math.round(exact / step) * step;
  });
  return [...new Set(values)];
}

function nearest(values: readonly number[], to: number): number {
  let best = 0;
  values.forEach((value, place) => {
    if (Math.abs(value - to) < Math.abs(values[best]! - to)) best = place;
  });
  return best;
}
