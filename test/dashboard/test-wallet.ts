/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** A wallet in the page, over a node that holds its key; what its owner does is told by a test. */
export type TestWallet = {
  /** Its owner says no to this from now on; to nothing if empty. */
  decline: (method: string) => Promise<void>;
  /** Its owner goes to another chain. */
  goTo: (chainId: number) => Promise<void>;
  /** Its owner goes to another account. */
  become: (account: string) => Promise<void>;
  /** Its owner says yes to whoever asks for the account, having kept them waiting until now. */
  admit: () => Promise<void>;
};

/** Put a wallet into the page that announces itself as EIP-6963 has it. */
export async function injectWallet(
  page: Page,
  rpc: string,
  account: string,
  { name = "Test Wallet", isSlow = false } = {},
): Promise<TestWallet> {
  // What compiles the tests calls this to name functions; the page has no such thing.
  await page.evaluate("globalThis.__name = (named) => named");
  await page.evaluate(install, { rpc, account, name, isSlow });
  const tell = (what: string): Promise<void> =>
    page.evaluate(([to, detail]) => void dispatchEvent(new CustomEvent(to, { detail })), [
      name,
      what,
    ] as const);
  return {
    decline: (method) => tell(`decline ${method}`),
    goTo: (chainId) => tell(`chain 0x${chainId.toString(16)}`),
    become: (next) => tell(`account ${next}`),
    admit: () => tell("admit "),
  };
}

type Installed = { rpc: string; account: string; name: string; isSlow: boolean };

/** Runs in the page, so all it needs is in it. */
function install({ rpc, account, name, isSlow }: Installed): void {
  const listeners = new Map<string, (value: unknown) => void>();
  const admitted = Promise.withResolvers<null>();
  if (!isSlow) admitted.resolve(null);
  let declined = "";
  let chain: string | undefined;
  const goTo = (chainId: string): void => {
    chain = chainId;
    listeners.get("chainChanged")?.(chainId);
  };
  const refusal = (message: string, code: number): Error =>
    Object.assign(new Error(message), { code });
  const request = async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
    if (method === declined) throw refusal("User rejected the request.", 4001);
    if (method === "eth_requestAccounts") await admitted.promise;
    if (method === "eth_requestAccounts" || method === "eth_accounts") return [account];
    if (method === "eth_chainId" && chain !== undefined) return chain;
    if (method === "wallet_switchEthereumChain") {
      goTo((params[0] as { chainId: string }).chainId);
      return null;
    }
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const headers = { "content-type": "application/json" };
    const response = await fetch(rpc, { method: "POST", headers, body });
    const { result, error } = (await response.json()) as {
      result: unknown;
      error?: { message: string };
    };
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return result;
  };
  const provider = {
    request,
    on: (event: string, listener: (value: unknown) => void) => void listeners.set(event, listener),
    removeListener: (event: string) => void listeners.delete(event),
  };
  const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
  const info = { uuid: name, name, icon, rdns: "test.wallet" };
  const announce = (): void =>
    void dispatchEvent(
      new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  addEventListener("eip6963:requestProvider", announce);
  addEventListener(name, (event) => {
    const [what, value] = (event as CustomEvent<string>).detail.split(" ");
    if (what === "decline") declined = value!;
    else if (what === "admit") admitted.resolve(null);
    else if (what === "chain") goTo(value!);
    else listeners.get("accountsChanged")?.([(account = value!)]);
  });
  announce();
}
