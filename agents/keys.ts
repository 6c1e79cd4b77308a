import { HDNodeWallet, type Provider } from "ethers";

/** Keys of a fleet: who closes rounds (and deploys, opens), and one for each agent. */
export type Keys = { operator: HDNodeWallet; agents: HDNodeWallet[] };

/**
 * Keys of a mnemonic (BIP-44): operators are m/44'/60'/0'/0/number, agents are counted on a branch of their own,
 * m/44'/60'/0'/1/number.
 *
 * @param from the first agent wanted
 * @param to the one after the last
 */
export function deriveKeys(
  phrase: string,
  provider: Provider | null,
  { operator = 0, from = 0, to }: { operator?: number; from?: number; to: number },
): Keys {
  const account = HDNodeWallet.fromPhrase(phrase, undefined, "m/44'/60'/0'");
  const agents = account.derivePath("1");
  return {
    operator: account.derivePath(`0/${operator}`).connect(provider),
    agents: Array.from({ length: to - from }, (_, index) =>
      agents.deriveChild(from + index).connect(provider),
    ),
  };
}
