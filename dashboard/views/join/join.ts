import { element, setText } from "../../dom.ts";
import { link } from "../../market/link.ts";
import type { View } from "../view.ts";
import { createContext } from "./context.ts";
import { demandPart } from "./demand-part.ts";
import { logPart } from "./log-part.ts";
import { moneyPart } from "./money-part.ts";
import { whoPart } from "./who-part.ts";

/** Take part in the market: join, answer its price, settle. */
export const showJoin: View = (root) => {
  const context = createContext();
  const notice = element("p", { class: "notice", role: "status" });
  const unfollow = context.now.follow(({ note }) => {
    const state = link.get();
    notice.dataset["status"] = state.status;
    if (state.status === "idle") setText(notice, "Connect to a market first, above.");
    else setText(notice, "note" in state ? state.note : note);
  });
  const parts = [whoPart(context), moneyPart(context), demandPart(context), logPart()];
  root.append(
    element("h1", {}, "Join the market"),
    notice,
    element("div", { class: "parts" }, ...parts.map((part) => part.root)),
  );
  return () => {
    parts.forEach(({ close }) => close());
    unfollow();
    context.close();
  };
};
