import { element } from "../../dom.ts";
import type { View } from "../view.ts";

export const showJoin: View = (root) => {
  root.append(element("h1", {}, "Join"));
  return () => undefined;
};
