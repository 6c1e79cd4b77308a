import { element } from "../../dom.ts";
import type { View } from "../view.ts";

export const showTry: View = (root) => {
  root.append(element("h1", {}, "Try"));
  return () => undefined;
};
