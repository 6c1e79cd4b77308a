import { element } from "../../dom.ts";
import type { View } from "../view.ts";

export const showWatch: View = (root) => {
  root.append(element("h1", {}, "Watch"));
  return () => undefined;
};
