import { element, setText } from "../dom.ts";
import { followMarket } from "./follow.ts";
import { link, type Link } from "./link.ts";
import { parseWhere, queryOf, type Where } from "./where.ts";

let following: AbortController | undefined;

/** Follow this market from now on, instead of the one before. */
function follow(where: Where): void {
  following?.abort();
  following = new AbortController();
  void followMarket(where, link, following.signal);
}

/** Follow the market that the page's address names; the one deployed last from here if it names none. */
export function followFromAddress(): void {
  try {
    follow(parseWhere(new URLSearchParams(location.search)));
  } catch (error) {
    link.set({ status: "refused", note: (error as Error).message });
  }
}

/** What the page is connected to, in a word, and the form to connect it elsewhere. */
export function connectionBar(): HTMLElement {
  const state = element("span", { class: "state" });
  const place = element("span", { class: "place" });
  const complaint = element("p", { class: "complaint", role: "alert" });
  const field = (name: string, label: string, hint: string, more = {}): HTMLElement =>
    element(
      "label",
      {},
      label,
      element("input", {
        name,
        placeholder: hint,
        autocomplete: "off",
        spellcheck: "false",
        ...more,
      }),
    );
  const form = element(
    "form",
    {},
    field("rpc", "Node", "http://127.0.0.1:8545", { inputmode: "url" }),
    field("market", "Market's address", "0x…"),
    field("block", "From block (optional)", "its deployment", { inputmode: "numeric" }),
    element("button", { class: "main" }, "Connect"),
    complaint,
  );
  const summary = element("summary", {}, state, place);
  const details = element("details", { class: "connection" }, summary, form);

  const fill = (where: Where): void => {
    for (const input of form.querySelectorAll("input")) {
      input.value = String(where[input.name as keyof Where] ?? "");
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      const data = new FormData(form);
      const where = parseWhere({ get: (name) => data.get(name) as string | null });
      history.replaceState(null, "", `${location.pathname}${queryOf(where)}${location.hash}`);
      setText(complaint, "");
      follow(where);
      details.open = false;
    } catch (error) {
      setText(complaint, (error as Error).message);
    }
  });
  // Not on `toggle`, which comes some time after the form is open: what was typed by then would go.
  summary.addEventListener("click", () => {
    if (details.open) return;
    const now = link.get();
    const given = Object.fromEntries(new URLSearchParams(location.search));
    fill(
      "followed" in now
        ? { rpc: now.followed.rpc, market: now.followed.market.address, ...given }
        : given,
    );
  });
  link.follow((now) => {
    details.dataset["status"] = now.status;
    setText(state, words[now.status]);
    setText(place, placeOf(now));
  });
  return details;
}

const words: Record<Link["status"], string> = {
  idle: "Not connected",
  connecting: "Connecting",
  refused: "No market",
  live: "Live",
  lost: "Connection lost",
};

function placeOf(now: Link): string {
  if (!("followed" in now)) return "";
  const { rpc, head, chainId, name } = now.followed;
  return [name, `chain ${chainId}`, `block ${head.number}`, new URL(rpc).host]
    .filter((part) => part !== undefined)
    .join(" · ");
}
