import { getBytes, Interface } from "ethers";

import { MARKET_ABI } from "../../agents/abi.ts";
import { calldataGas } from "../../agents/calldata-gas.ts";

// The least gas that a transaction of the market can take: what the EVM asks for the bytes it
// carries, the storage it must touch and the event it must leave, with no instruction between
// them. Schedule: the Yellow Paper's appendix G with EIP-2028 (calldata) and EIP-2929 (cold access).

const TRANSACTION = 21_000;
const COLD_READ = 2_100;
/** To write, in a slot already read, another number over one that is not zero. */
const REWRITE = 2_900;
const LOG = 375;
const TOPIC = 375;
const LOG_WORD = 8 * 32;
const ECRECOVER = 3_000;
const CALL = 100;

/** What one action cannot do without. Slots are counted at their first, cold access. */
export type Needs = {
  /** Calldata as a hexadecimal string. */
  data: string;
  /** Slots that are only read. */
  read?: number;
  /** Slots that are read and then hold another number. */
  rewritten?: number;
  /** The event: its topics, its name among them, and its words of data. */
  event?: { topics: number; words: number };
  /** Words of data in an event that others share. */
  words?: number;
  /** Signatures to recover. */
  signatures?: number;
};

/** The least gas for `needs`, without the 21,000 of the transaction around them. */
export function floorInside(needs: Needs): number {
  const { read = 0, rewritten = 0, event, words = 0, signatures = 0 } = needs;
  return (
    calldataGas(getBytes(needs.data)) +
    read * COLD_READ +
    rewritten * (COLD_READ + REWRITE) +
    (event === undefined ? 0 : LOG + event.topics * TOPIC + event.words * LOG_WORD) +
    words * LOG_WORD +
    signatures * (CALL + ECRECOVER)
  );
}

/** The least gas for a transaction that does this and nothing else. */
export function gasFloor(needs: Needs): number {
  return TRANSACTION + floorInside(needs);
}

/** A figure of test/gas-snapshot.json: the least it can be, and the most it should be. */
export type GasGoal = { floor: number; atMost: number };

const market = new Interface(MARKET_ABI);
/** Digits as agents compute them: a round number would be cheaper to send. */
const DEMAND = 4_098_765_432_109_876_543n;
/** An answer in the second round of the second epoch. */
const ROUND = [2n, 1n] as const;
/** An agent, a length of two bytes, and a signature: nearly no byte of them is zero. */
const AGENT = `0x${"a7".repeat(20)}`;
const SIGNED = `0x${"a7".repeat(20)}${DEMAND.toString(16).padStart(22, "0")}0040${"a7".repeat(64)}`;

const BATCH = 100;
const each = (shared: Needs, one: Needs): number =>
  Math.ceil(gasFloor(shared) / BATCH) + floorInside(one);

const submit = gasFloor({
  data: market.encodeFunctionData("submit", [...ROUND, DEMAND]),
  read: 1, // what is posted
  rewritten: 2, // the totals, the account
  event: { topics: 2, words: 1 },
});

/** By the names of test/gas-snapshot.json. */
export const GAS_GOALS: Readonly<Record<string, GasGoal>> = {
  "submit, Refunding, M=1": { floor: submit, atMost: Math.floor(1.08 * submit) },
  "submitSigned, one of 100": {
    floor: each(
      {
        data: market.encodeFunctionData("submitSigned", [...ROUND, "0x"]),
        read: 1, // what is posted
        rewritten: 1, // the totals
        event: { topics: 1, words: 2 }, // where its array begins, and how long it is
      },
      { data: SIGNED, rewritten: 1, words: 1, signatures: 1 },
    ),
    atMost: 12_500,
  },
  "closeRound, Secant": {
    floor: gasFloor({
      data: market.encodeFunctionData("closeRound"),
      read: 2, // the totals, the rules
      rewritten: 2, // what is posted, the bracket
      event: { topics: 3, words: 3 },
    }),
    atMost: 40_000,
  },
  "settleAccounts, one of 100": {
    floor: each(
      {
        data: market.encodeFunctionData("settleAccounts", [[]]),
        read: 2, // what is posted, the outcome
        rewritten: 1, // the funds
      },
      {
        data: `0x${"00".repeat(12)}${AGENT.slice(2)}`,
        rewritten: 1,
        event: { topics: 3, words: 3 },
      },
    ),
    atMost: 12_000,
  },
};
