import { either, shown } from "../../markets/input-error.ts";
import { population, readNumber, shapes, terms, type Control } from "./controls.ts";
import {
  conflictOf,
  defaultSetting,
  type Family,
  type NumberKey,
  type Setting,
} from "./setting.ts";

/** What the address calls each part of a setting. */
const names: Record<keyof Setting, string> = {
  capacity: "m",
  unitFee: "tau",
  progressiveFee: "phi",
  executionFee: "g",
  agents: "n",
  seed: "seed",
  family: "family",
  shape: "shape",
  alphaFrom: "a0",
  alphaTo: "a1",
  betaFrom: "b0",
  betaTo: "b1",
};

/** The part of the page's address that says a setting; what is as by default is left out. */
export function addressOf(setting: Setting): string {
  const usual = { ...defaultSetting, shape: shapes[setting.family]?.usual ?? setting.shape };
  const parts = (Object.keys(names) as (keyof Setting)[])
    .filter((key) => setting[key] !== usual[key])
    .map((key): [string, string] => [names[key], String(setting[key])]);
  return new URLSearchParams(parts).toString();
}

/** The setting that an address says, with a sentence for each part of it that is passed over. */
export function readAddress(address: string): { setting: Setting; complaints: string[] } {
  const parts = new Map(new URLSearchParams(address));
  const complaints: string[] = [];
  const setting = { ...defaultSetting };
  const family = parts.get(names.family);
  parts.delete(names.family);
  if (family !== undefined) {
    if (Object.hasOwn(shapes, family)) setting.family = family as Family;
    else
      complaints.push(`Valuations: given ${shown(family)}, allowed ${either(Object.keys(shapes))}`);
  }
  const shape = shapes[setting.family];
  if (shape !== null) setting.shape = shape.usual;
  const controls = new Map<string, Control>(
    [...terms, ...population, ...(shape === null ? [] : [shape.control])].map((control) => [
      names[control.key],
      control,
    ]),
  );
  for (const [name, given] of parts) {
    const control = controls.get(name);
    const reading =
      control === undefined
        ? {
            complaint: `The address: given the unknown ${shown(name)}, allowed ${either([...controls.keys()])}`,
          }
        : readNumber(control, given);
    if ("complaint" in reading) complaints.push(reading.complaint);
    else setting[control!.key satisfies NumberKey] = reading.value;
  }
  const conflict = conflictOf(setting);
  if (conflict === null) return { setting, complaints };
  return { setting: defaultSetting, complaints: [...complaints, conflict] };
}
