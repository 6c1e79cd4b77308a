import { call } from "../../../agents/market.ts";
import { numberFromFixed } from "../../../mechanism/fixed-point.ts";
import { formatAmount, formatExact } from "../../../scripts/output/format.ts";
import { element, setText, tile } from "../../dom.ts";
import type { Followed } from "../../market/link.ts";
import { readAmount } from "./amount.ts";
import type { Context, Now } from "./context.ts";
import { depositQuestion, faucetQuestion, settleQuestion, withdrawQuestion } from "./questions.ts";

/** What the account holds, and what moves it: deposit, withdraw, settle; a faucet where the token has one. */
export function moneyPart(context: Context): { root: HTMLElement; close: () => void } {
  const { now, ask, act } = context;
  const tiles = element("dl", { class: "tiles" });
  const complaint = element("p", { class: "complaint", role: "alert" });
  const settled = element("p", { role: "status" });
  const field = (id: string, label: string) => {
    const input = element("input", { id, inputmode: "decimal", autocomplete: "off" });
    return { input, root: element("label", { for: id }, label, input) };
  };
  const deposit = field("join-deposit", "Deposit, tokens");
  const withdraw = field("join-withdraw", "Withdraw, tokens");
  const settle = element("button", { type: "button" }, "Settle the epoch");
  const faucet = element("button", { type: "button" });
  // Which reading of a market is shown: what was settled in another says nothing here.
  let shown: number | undefined;
  let faucetOf: { followed: Followed; limit: bigint } | null = null;

  const read = (input: HTMLInputElement, label: string): number | null => {
    const reading = readAmount(label, input.value, now.get().followed!.market.tokenDecimals);
    setText(complaint, "complaint" in reading ? reading.complaint : "");
    return "value" in reading ? reading.value : null;
  };
  const symbol = (): string => now.get().followed!.market.tokenSymbol;

  const onDeposit = async (): Promise<void> => {
    const value = read(deposit.input, "Deposit");
    if (value === null || !(await ask(depositQuestion(value, symbol())))) return;
    const done = await act(`Deposit ${formatExact(value)} ${symbol()}`, (client) =>
      client.deposit(value, { permit: true }),
    );
    if (done) deposit.input.value = "";
  };
  const onWithdraw = async (): Promise<void> => {
    const value = read(withdraw.input, "Withdraw");
    const free = now.get().account?.free ?? 0;
    if (value === null) return;
    if (value > free) {
      const allowed = `${formatExact(free)} ${symbol()}, what is free`;
      setText(complaint, `Withdraw: given ${formatExact(value)}, allowed up to ${allowed}`);
      return;
    }
    if (!(await ask(withdrawQuestion(value, free, symbol())))) return;
    const done = await act(`Withdraw ${formatExact(value)} ${symbol()}`, (client) =>
      client.withdraw(value),
    );
    if (done) withdraw.input.value = "";
  };
  const onSettle = async (): Promise<void> => {
    const { followed, session } = now.get();
    if (followed === null || session === null) return;
    if (!(await ask(settleQuestion(followed, session.address)))) return;
    await act("Settle your account", async (client) => {
      const { epoch, reason, price, allocation, balance } = await client.settle();
      setText(
        settled,
        `Epoch ${epoch} ended (${reason}): you got ${formatAmount(allocation)} units at ${formatAmount(price)} ${symbol()} a unit; ` +
          `${formatAmount(balance)} ${symbol()} are in your account.`,
      );
    });
  };
  const onFaucet = async (): Promise<void> => {
    if (faucetOf === null || faucetOf.followed.market !== now.get().followed?.market) return;
    const { limit } = faucetOf;
    const value = numberFromFixed(limit, faucetOf.followed.market.tokenDecimals);
    if (!(await ask(faucetQuestion(value, symbol())))) return;
    await act(faucet.textContent, (_client, { deliver, signer, followed }) =>
      deliver(followed.market.token, signer, "faucet", [limit]),
    );
  };
  settle.addEventListener("click", () => void onSettle());
  faucet.addEventListener("click", () => void onFaucet());

  const lookForFaucet = async (followed: Followed): Promise<void> => {
    if (faucetOf?.followed.market === followed.market) return;
    const { token, tokenDecimals, tokenSymbol } = followed.market;
    faucetOf = { followed, limit: 0n };
    const whole = (await call(token, "FAUCET_LIMIT").catch(() => 0n)) as bigint;
    // Another market may have come meanwhile.
    if (faucetOf.followed !== followed) return;
    faucetOf = { followed, limit: whole * 10n ** BigInt(tokenDecimals) };
    setText(
      faucet,
      `Take ${formatAmount(numberFromFixed(whole, 0))} ${tokenSymbol} from the faucet`,
    );
    faucet.hidden = whole === 0n;
  };
  faucet.hidden = true;

  const form = (part: HTMLElement, label: string, action: () => Promise<void>): HTMLElement =>
    element(
      "form",
      {
        class: "inline",
        onsubmit: (event) => {
          event.preventDefault();
          void action();
        },
      },
      part,
      element("button", {}, label),
    );
  const root = element(
    "section",
    { class: "card" },
    element("h2", {}, "Your account"),
    tiles,
    element(
      "div",
      { class: "moves" },
      form(deposit.root, "Deposit", onDeposit),
      form(withdraw.root, "Withdraw", onWithdraw),
      faucet,
      settle,
    ),
    complaint,
    settled,
  );

  root.addEventListener("input", () => setText(complaint, ""));

  const show = ({ session, followed, round, account, holds }: Now): void => {
    root.hidden = session === null || followed === null || account === null;
    if (followed?.reading !== shown) setText(settled, "");
    shown = followed?.reading;
    if (followed === null || account === null) return;
    void lookForFaucet(followed);
    const { tokenSymbol } = followed.market;
    const figures: [string, number, string][] = [
      ["In your wallet", holds, `${tokenSymbol}, outside the market`],
      [
        "In the market",
        account.balance,
        account.isMember ? tokenSymbol : "you have not joined yet",
      ],
      ["Locked", account.balance - account.free, `${tokenSymbol}, by your demand`],
      ["Free", account.free, `${tokenSymbol}, can be withdrawn`],
      ["Your demand", account.demand, round === null ? "units; no epoch is open" : "units, stands"],
    ];
    tiles.replaceChildren(
      ...figures.map(([title, value, note]) => tile(title, formatAmount(value), note)),
    );
    const hasEnded = followed.replay.market.outcomes.size > 0;
    settle.hidden = round !== null || !account.isMember || !hasEnded;
  };
  return { root, close: now.follow(show) };
}
