import { getBytes, Interface, isError, verifyTypedData, zeroPadBytes, type Provider } from "ethers";

import { formatFixed } from "../../mechanism/fixed-point.ts";
import { chargeUp, paymentUp } from "../../mechanism/twin-arithmetic.ts";
import { calldataGas } from "../calldata-gas.ts";
import { readSettledAccount, type Market, type Offer } from "../market.ts";
import { hasAnswered } from "../posting.ts";
import {
  DEMAND_TYPES,
  digestOf,
  domainOf,
  type MarketId,
  type SignedDemand,
} from "./signed-demand.ts";

/** Why a relay does not take a demand, with the HTTP status that says so. */
export class NotTaken extends Error {
  override readonly name = "NotTaken";
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

/** As much as the market gives an account's code to answer with: see Signatures.sol. */
const MAX_GAS = 100_000n;
/** One word; what comes after it is not looked at. */
const YES = zeroPadBytes("0x1626ba7e", 32);
const ERC1271 = new Interface([
  "function isValidSignature(bytes32 digest, bytes signature) view returns (bytes4)",
]);

/**
 * Find out whether the market would count a demand now: a relay pays for those that it would not.
 *
 * @throws NotTaken saying why it would not
 */
export async function checkDemand(
  market: Market,
  { chainId }: MarketId,
  offer: Offer,
  demand: SignedDemand,
): Promise<void> {
  const { agent, epoch, round } = demand;
  if (!offer.open || epoch !== offer.epoch || round !== offer.round) {
    const now = offer.open ? `open is epoch ${offer.epoch}, round ${offer.round}` : "none is open";
    throw new NotTaken(409, `round: given epoch ${epoch}, round ${round}; ${now}`);
  }
  if (demand.demand > offer.capacity) {
    const [given, most] = [demand.demand, offer.capacity].map((units) => formatFixed(units));
    throw new NotTaken(
      400,
      `demand: given ${given} units, allowed at most the capacity of ${most}`,
    );
  }
  const account = await readSettledAccount(market, agent);
  if (account.epoch === 0n) throw new NotTaken(403, `agent: ${agent} has not joined the market`);
  if (hasAnswered(account, offer)) {
    throw new NotTaken(409, `agent: ${agent} has answered epoch ${epoch}, round ${round} already`);
  }
  const divisor = 10n ** BigInt(36 - market.tokenDecimals);
  const required =
    chargeUp(offer, demand.demand, divisor) + paymentUp(offer.price, demand.demand, divisor);
  if (required > account.balance) {
    throw new NotTaken(
      402,
      `demand: needs ${required} base units, allowed what ${agent} holds: ${account.balance}`,
    );
  }
  const id = { chainId, address: market.address };
  if (!(await isSigned(market.contract.runner!.provider!, id, demand))) {
    throw new NotTaken(
      403,
      `signature: ${agent} has not signed this demand for this round of this market on this chain`,
    );
  }
}

/** Whether the market would take the signature: of the agent's key, or as the agent's code says. */
async function isSigned(provider: Provider, id: MarketId, demand: SignedDemand): Promise<boolean> {
  if (isKeys(id, demand)) return true;
  if ((await provider.getCode(demand.agent)) === "0x") return false;
  const asked = [digestOf(id, demand), demand.signature];
  const data = ERC1271.encodeFunctionData("isValidSignature", asked);
  try {
    const answer = await provider.call({
      to: demand.agent,
      data,
      // What a transaction pays before its code runs comes on top.
      gasLimit: MAX_GAS + 21_000n + BigInt(calldataGas(getBytes(data))),
    });
    return answer.startsWith(YES);
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return false;
    throw error;
  }
}

function isKeys(id: MarketId, { signature, ...demand }: SignedDemand): boolean {
  try {
    return verifyTypedData(domainOf(id), DEMAND_TYPES, demand, signature) === demand.agent;
  } catch {
    // Not of a key's form.
    return false;
  }
}
