import { expect } from "chai";

import { fits } from "../../../agents/chain/form.ts";

const HASH = `0x${"ab".repeat(32)}`;
const PARENT = `0x${"cd".repeat(32)}`;
const BLOCK = { number: "0x7", hash: HASH, parentHash: PARENT, timestamp: "0x1" };
const RECEIPT = { transactionHash: HASH, status: "0x1", gasUsed: "0x5208", blockNumber: "0x7" };
const LOG = { topics: [], data: "0x", transactionHash: HASH };
/** What is neither a record nor missing. */
const NO_RECORDS = [undefined, 7, "0x7", true];

/** Method and parameters; what may be the answer, and what may not. */
const CASES: [string, unknown[], unknown[], unknown[]][] = [
  [
    "eth_getBalance",
    [],
    ["0x0", `0x${"f".repeat(64)}`],
    ["0x", `0x${"f".repeat(65)}`, "12", 12, "0xg"],
  ],
  ["eth_estimateGas", [], ["0x5208"], [null]],
  ["eth_maxPriorityFeePerGas", [], ["0x0"], [null]],
  ["eth_getCode", [], ["0x", "0x60"], ["0x6", "60", null]],
  [
    "eth_getLogs",
    [{}],
    [[], [LOG, LOG]],
    [
      null,
      [LOG, null],
      ["0x"],
      [{ ...LOG, topics: null }],
      [LOG, { ...LOG, data: null }],
      [{ ...LOG, transactionHash: null }],
      [{}],
    ],
  ],
  [
    "eth_getBlockByNumber",
    ["0x7", false],
    [null, BLOCK, { ...BLOCK, baseFeePerGas: "0x9" }, { ...BLOCK, baseFeePerGas: null }],
    [
      ...NO_RECORDS,
      { ...BLOCK, number: "0x8" },
      { ...BLOCK, timestamp: null },
      { ...BLOCK, baseFeePerGas: 9 },
      { ...BLOCK, hash: "0xab" },
      { ...BLOCK, parentHash: null },
    ],
  ],
  ["eth_getBlockByNumber", ["latest", false], [BLOCK], [{ ...BLOCK, number: null }]],
  [
    "eth_getBlockByNumber",
    ["pending", false],
    [null, BLOCK, { timestamp: "0x1", number: null }],
    [...NO_RECORDS, { ...BLOCK, timestamp: null }],
  ],
  [
    "eth_getTransactionReceipt",
    [HASH],
    [null, RECEIPT, { ...RECEIPT, effectiveGasPrice: "0x1", l1Fee: "0x2" }],
    [
      ...NO_RECORDS,
      { ...RECEIPT, transactionHash: PARENT },
      { ...RECEIPT, status: null },
      { ...RECEIPT, gasUsed: 21_000 },
      { ...RECEIPT, blockNumber: null },
      { ...RECEIPT, effectiveGasPrice: null },
      { ...RECEIPT, l1Fee: 2 },
    ],
  ],
  ["web3_clientVersion", [], ["a node", null, undefined, 7], []],
];

describe("The form of an answer", () => {
  for (const [method, params, good, bad] of CASES) {
    it(`is told from another's: ${method} ${JSON.stringify(params)}`, () => {
      for (const [answers, expected] of [
        [good, true],
        [bad, false],
      ] as const) {
        for (const answer of answers) {
          expect(fits(method, params, answer), JSON.stringify(answer)).to.equal(expected);
        }
      }
    });
  }
});
