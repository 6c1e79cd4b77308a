import { BrowserProvider, getAddress, isAddress, type Signer } from "ethers";

import { ChainError } from "../../agents/errors.ts";
import type { Followed } from "../market/link.ts";
import type { Announced } from "./announced.ts";
import { developmentKey } from "./development.ts";
import { explainWallet } from "./wallet-error.ts";

/** Whoever signs: a wallet's account, or a development key. */
export type Session = {
  name: string;
  address: string;
  /** The chain that the wallet is on; null for a key, which is on whichever is asked. */
  chainId: bigint | null;
  /** @throws ChainError if the wallet is on another chain than the market */
  signerFor: (followed: Followed) => Promise<Signer>;
  /** Ask the wallet to go to a chain; it may not know it, or its owner may decline. */
  switchTo: (chainId: bigint) => Promise<void>;
  close: () => void;
};

/** @throws RangeError unless the chain is a local one */
export function openKey(index: number, { chainId, rpc }: Followed): Session {
  const { address } = developmentKey(index, chainId, rpc);
  return {
    name: `Development key ${index}`,
    address,
    chainId: null,
    signerFor: (followed) =>
      Promise.resolve(
        developmentKey(index, followed.chainId, followed.rpc).connect(followed.provider),
      ),
    switchTo: () => Promise.resolve(),
    close: () => undefined,
  };
}

/**
 * Ask a wallet for its account.
 *
 * @param onChange told when its owner goes to another account or chain; null when it has been disconnected
 * @throws Declined if its owner says no
 */
export async function openWallet(
  { info, provider }: Announced,
  onChange: (session: Session | null) => void,
): Promise<Session> {
  const browser = (): BrowserProvider => new BrowserProvider(provider, "any");
  const ask = async (method: string, params: unknown[] = []): Promise<unknown> => {
    try {
      return (await browser().send(method, params)) as unknown;
    } catch (error) {
      throw explainWallet(error);
    }
  };
  const chainIdNow = async (): Promise<bigint> => {
    const given = await ask("eth_chainId");
    if (typeof given === "string" && /^0x[0-9a-f]+$/i.test(given)) return BigInt(given);
    throw new ChainError(`${info.name} does not say which chain it is on`);
  };
  const account = firstOf(await ask("eth_requestAccounts"));
  if (account === undefined) throw new ChainError(`${info.name} gives no account`);
  let session: Session;

  const sessionOf = (address: string, chainId: bigint): Session => ({
    name: info.name,
    address: getAddress(address),
    chainId,
    signerFor: async (followed) => {
      const checkChain = async (): Promise<void> => {
        const now = await chainIdNow();
        if (now !== followed.chainId) throw new ChainError(wrongChain(info.name, now, followed));
      };
      await checkChain();
      const signer = await browser().getSigner(address);
      // Between a permit and its transaction its owner may go elsewhere; a wallet that is told the chain sends there only.
      const sendAnywhere = signer.sendUncheckedTransaction.bind(signer);
      signer.sendUncheckedTransaction = async (transaction) => {
        await checkChain();
        return sendAnywhere({ ...transaction, chainId: followed.chainId });
      };
      return signer;
    },
    switchTo: async (wanted) => {
      await ask("wallet_switchEthereumChain", [{ chainId: `0x${wanted.toString(16)}` }]);
    },
    close: () => {
      provider.removeListener?.("accountsChanged", hearAccounts);
      provider.removeListener?.("chainChanged", hearChain);
    },
  });
  const hearAccounts = (accounts: unknown): void => {
    const next = firstOf(accounts);
    if (next === undefined) {
      session.close();
      onChange(null);
      return;
    }
    onChange((session = sessionOf(next, session.chainId!)));
  };
  const hearChain = (chainId: unknown): void =>
    onChange((session = sessionOf(session.address, BigInt(chainId as string))));

  session = sessionOf(account, await chainIdNow());
  provider.on?.("accountsChanged", hearAccounts);
  provider.on?.("chainChanged", hearChain);
  return session;
}

/** The account that a wallet puts first; undefined if it gives none. */
function firstOf(accounts: unknown): string | undefined {
  const first: unknown = Array.isArray(accounts) ? accounts[0] : undefined;
  return isAddress(first) ? first : undefined;
}

/** What is wrong with a wallet that is elsewhere, in a sentence. */
export function wrongChain(
  wallet: string,
  chainId: bigint,
  followed: Pick<Followed, "chainId">,
): string {
  return `${wallet} is on chain ${chainId}, this market is on chain ${followed.chainId}: switch the wallet to it`;
}
