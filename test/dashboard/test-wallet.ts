/// <reference lib="dom" />
import type { Page } from "playwright-core";

/** A wallet in the page, over a node that holds its key; what its owner does is told by a test. */
export type TestWallet = {
  /** Its owner says no to this from now on; to nothing if empty. */
  decline: (method: string) => Promise<void>;
  /** Its owner goes to another chain. */
  goTo: (chainId: number) => Promise<void>;
};

/** Put a wallet into the page that announces itself as EIP-6963 has it. */
export async function injectWallet(page: Page, rpc: string, account: string): Promise<TestWallet> {
  // What compiles the tests calls this to name functions; the page has no such thing.
  await page.evaluate("globalThis.__name = (named) => named");
  await page.evaluate(install, { rpc, account });
  const tell = (what: string): Promise<void> =>
    page.evaluate((detail) => void dispatchEvent(new CustomEvent("test-wallet", { detail })), what);
  return {
    decline: (method) => tell(`decline ${method}`),
    goTo: (chainId) => tell(`chain 0x${chainId.toString(16)}`),
  };
}

/** Runs in the page, so all it needs is in it. */
function install({ rpc, account }: { rpc: string; account: string }): void {
  const listeners = new Map<string, (value: unknown) => void>();
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
  const info = { uuid: "7e57", name: "Test Wallet", icon, rdns: "test.wallet" };
  const announce = (): void =>
    void dispatchEvent(
      new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
    );
  addEventListener("eip6963:requestProvider", announce);
  addEventListener("test-wallet", (event) => {
    const [what, value] = (event as CustomEvent<string>).detail.split(" ");
    if (what === "decline") declined = value!;
    else goTo(value!);
  });
  announce();
}
