import { element, short } from "../../dom.ts";
import { transactions, type Transaction } from "../../wallet/transactions.ts";

const states: Record<Transaction["state"], string> = {
  asked: "waiting for your signature",
  sent: "sent, waiting for a block",
  mined: "done",
  declined: "declined",
  failed: "failed",
};

/** What has become of each transaction of this visit. */
export function logPart(): { root: HTMLElement; close: () => void } {
  const list = element("ul", { class: "log", role: "log", "aria-label": "Transactions" });
  const root = element("section", { class: "card" }, element("h2", {}, "Transactions"), list);
  const close = transactions.follow((all) => {
    root.hidden = all.length === 0;
    list.replaceChildren(
      ...all.map(({ title, state, hash, note }) =>
        element(
          "li",
          { class: state },
          element("strong", {}, title),
          ` ${states[state]}${note ? `: ${note}` : ""} `,
          hash === undefined ? undefined : element("code", { title: hash }, short(hash)),
        ),
      ),
    );
  });
  return { root, close };
}
