import type { Eip1193Provider } from "ethers";

/** A wallet of the browser, as it announces itself (EIP-6963). */
export type Announced = {
  info: { uuid: string; name: string; icon: string; rdns: string };
  provider: Eip1193Provider & {
    on?: (event: string, listener: (value: unknown) => void) => void;
    removeListener?: (event: string, listener: (value: unknown) => void) => void;
  };
};

/**
 * Ask the browser's wallets to announce themselves, now and when one comes later.
 *
 * @returns what ends it
 */
export function followWallets(listener: (wallets: readonly Announced[]) => void): () => void {
  const known = new Map<string, Announced>();
  const hear = (event: Event): void => {
    const announced = (event as CustomEvent<Announced>).detail;
    known.set(announced.info.uuid, announced);
    listener([...known.values()]);
  };
  addEventListener("eip6963:announceProvider", hear);
  dispatchEvent(new Event("eip6963:requestProvider"));
  return () => removeEventListener("eip6963:announceProvider", hear);
}
