import type { Eip1193Provider } from "ethers";

import { foreign } from "../foreign.ts";

/** A wallet of the browser, as it announces itself (EIP-6963). */
export type Announced = {
  /** `icon` is undefined where it is none that the page's policy lets in. */
  info: { uuid: string; name: string; icon: string | undefined };
  provider: Eip1193Provider & {
    on?: (event: string, listener: (value: unknown) => void) => void;
    removeListener?: (event: string, listener: (value: unknown) => void) => void;
  };
};

// Characters of a name that has to fit on a button and into sentences.
const NAME = 40;

/**
 * Ask the browser's wallets to announce themselves, now and when one comes later.
 *
 * @returns what ends it
 */
export function followWallets(listener: (wallets: readonly Announced[]) => void): () => void {
  const known = new Map<string, Announced>();
  const hear = (event: Event): void => {
    const announced = readAnnouncement((event as CustomEvent<unknown>).detail);
    if (announced === undefined) return;
    known.set(announced.info.uuid, announced);
    listener([...known.values()]);
  };
  addEventListener("eip6963:announceProvider", hear);
  dispatchEvent(new Event("eip6963:requestProvider"));
  return () => removeEventListener("eip6963:announceProvider", hear);
}

/** What an announcement says, its texts made fit to be shown; undefined if it is none: any extension may send some. */
export function readAnnouncement(detail: unknown): Announced | undefined {
  const { info, provider } = (detail ?? {}) as { info?: Partial<Announced["info"]> } & Partial<
    Pick<Announced, "provider">
  >;
  if (typeof provider?.request !== "function") return undefined;
  if (typeof info?.uuid !== "string" || typeof info.name !== "string") return undefined;
  const { uuid, name, icon } = info;
  return {
    info: {
      uuid,
      name: foreign(name, NAME, "A wallet without a name"),
      icon: typeof icon === "string" && icon.startsWith("data:image/") ? icon : undefined,
    },
    provider,
  };
}
