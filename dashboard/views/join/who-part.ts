import { element, setText, short } from "../../dom.ts";
import { followWallets, type Announced } from "../../wallet/announced.ts";
import { DEVELOPMENT_KEYS, isLocal } from "../../wallet/development.ts";
import { openKey, openWallet, wrongChain, type Session } from "../../wallet/session.ts";
import type { Context, Now } from "./context.ts";

/** Who signs: one of the browser's wallets or, on a local chain, a development key. */
export function whoPart({ now, enter }: Context): { root: HTMLElement; close: () => void } {
  const who = element("p", {});
  const complaint = element("p", { class: "complaint", role: "alert" });
  const elsewhere = element("p", { class: "complaint", role: "alert" });
  const go = element("button", { type: "button" }, "Switch the wallet");
  const leave = element("button", { type: "button", onclick: () => enter(null) }, "Leave");
  const wallets = element("div", { class: "buttons" });
  const none = element(
    "p",
    { class: "soft" },
    "No wallet has announced itself. One that speaks EIP-6963 appears here by itself.",
  );
  const keys = element("select", { id: "join-key", "aria-label": "Development key" });
  keys.append(
    ...DEVELOPMENT_KEYS.map((index) => element("option", { value: index }, `Key ${index}`)),
  );
  const useKey = element("button", { type: "button" }, "Use a development key");
  const local = element(
    "div",
    { class: "buttons" },
    keys,
    useKey,
    element("span", { class: "soft" }, "A local chain: its keys are known to everybody."),
  );
  const choices = element("div", { class: "choices" }, wallets, none, local);

  // Of several wallets that are asked it is the one asked last: another may answer much later.
  let attempts = 0;
  const attempt = async (open: () => Promise<Session> | Session): Promise<void> => {
    const mine = ++attempts;
    setText(complaint, "");
    try {
      const session = await open();
      if (mine === attempts) enter(session);
      else session.close();
    } catch (error) {
      if (mine === attempts) setText(complaint, (error as Error).message);
    }
  };
  useKey.addEventListener("click", () => {
    const { followed } = now.get();
    if (followed !== null) void attempt(() => openKey(Number(keys.value), followed));
  });
  go.addEventListener("click", () => {
    const { session, followed } = now.get();
    if (session === null || followed === null) return;
    session.switchTo(followed.chainId).then(
      () => setText(complaint, ""),
      (error: unknown) =>
        setText(complaint, `${session.name} did not switch: ${(error as Error).message}`),
    );
  });
  const showWallets = (announced: readonly Announced[]): void => {
    none.hidden = announced.length > 0;
    wallets.replaceChildren(
      ...announced.map((wallet) =>
        element(
          "button",
          {
            type: "button",
            class: "main",
            onclick: () => void attempt(() => openWallet(wallet, enter)),
          },
          wallet.info.icon === undefined
            ? undefined
            : element("img", { src: wallet.info.icon, alt: "", width: 20, height: 20 }),
          ` ${wallet.info.name}`,
        ),
      ),
    );
  };
  const show = ({ session, followed }: Now): void => {
    choices.hidden = session !== null;
    who.hidden = session === null;
    local.hidden = followed === null || !isLocal(followed.chainId, followed.rpc);
    who.replaceChildren(
      ...(session === null
        ? []
        : [
            element("strong", {}, session.name),
            " ",
            element("code", { title: session.address }, short(session.address)),
            " ",
            leave,
          ]),
    );
    const isOn = session?.chainId ?? followed?.chainId;
    const isElsewhere = followed !== null && isOn !== followed.chainId;
    setText(elsewhere, isElsewhere ? wrongChain(session!.name, isOn!, followed) : "");
    go.hidden = !isElsewhere;
  };
  const ends = [followWallets(showWallets), now.follow(show)];
  return {
    root: element(
      "section",
      { class: "card" },
      element("h2", {}, "You"),
      choices,
      who,
      elsewhere,
      go,
      complaint,
    ),
    close: () => {
      attempts += 1;
      ends.forEach((end) => end());
    },
  };
}
