import { expect } from "chai";
import { AbiCoder, Interface, keccak256, type Result } from "ethers";
import { network } from "hardhat";

import { MARKET_ABI } from "../../agents/abi.ts";
import { createRandom, type Random } from "./draws.ts";
import { model } from "./harness-cases.ts";

// What the libraries leave to ClearingContract itself: a market's storage is written, word by word
// as Slots.sol packs it, and what its functions make of it is held against the model.

const CASES = process.env["DEEP"] === "1" ? 10_000 : 250;

/** Storage slots, in the order of declaration after two each of Ownable2Step and EIP712. */
const SLOT = { posted: 4n, totals: 5n, rules: 7n, outcomes: 9n, accounts: 10n };

const AGENT = "0x000000000000000000000000000000000000a9e1";
const MAX_80 = 2n ** 80n - 1n;
const MAX_BALANCE = 2n ** 96n - 1n;
const market = new Interface(MARKET_ABI);

type Field = [value: bigint, bits: number];

describe("The model against ClearingContract", function () {
  this.timeout(3_600_000);

  for (const [policy, decimals] of [
    ["Refunding", 18],
    ["PerSubmission", 6],
  ] as const) {
    describe(`${policy}, ${decimals} decimals`, () => {
      const isRefunding = policy === "Refunding";
      const divisor = 10n ** BigInt(36 - decimals);
      let connection: Awaited<ReturnType<typeof network.create>>;
      let address: string;
      let sender: string;

      before(async () => {
        connection = await network.create();
        const [owner] = await connection.ethers.getSigners();
        sender = owner!.address;
        const token = await connection.ethers.deployContract("TestToken", [
          "Token",
          "TKN",
          decimals,
        ]);
        const contract = await connection.ethers.deployContract("ClearingContract", [
          await token.getAddress(),
          sender,
          sender,
          sender,
          isRefunding ? 0 : 1,
          false,
          0n,
          {
            maxUnitFee: MAX_80,
            maxExecutionFee: MAX_80,
            maxProgressiveFee: MAX_80,
            minRoundLength: 1n,
            maxRoundLength: 1n,
            maxRounds: 65_534n,
          },
        ]);
        address = await contract.getAddress();
      });
      after(() => connection.close());

      const request = (method: string, params: unknown[]): Promise<unknown> =>
        connection.provider.request({ method, params });
      const store = async (slot: bigint | string, ...fields: Field[]): Promise<void> => {
        const where = typeof slot === "string" ? slot : `0x${slot.toString(16)}`;
        await request("hardhat_setStorageAt", [address, where, wordOf(fields)]);
      };
      const view = async (name: string, ...args: unknown[]): Promise<Result> => {
        const data = market.encodeFunctionData(name, args);
        const answer = await request("eth_call", [{ to: address, data }, "latest"]);
        return market.decodeFunctionResult(name, String(answer));
      };
      const send = async (name: string, ...args: unknown[]): Promise<void> => {
        const data = market.encodeFunctionData(name, args);
        await request("eth_sendTransaction", [{ from: sender, to: address, data }]);
      };

      it(`settles, locks, trims and scales ${CASES} random accounts alike`, async () => {
        const random = createRandom(5504);
        let compared = 0;
        for (let index = 0; index < CASES; index++) {
          const drawn = drawCase(random);
          const { fees, packedFees, account, answered, round, balance } = drawn;
          const standing: Field[] = [
            [balance, 96],
            [account.demand, 88],
            [account.lockedPrice, 32],
            [1n, 24],
            [answered, 16],
          ];
          const offer = (price: bigint, samples: bigint): Field[] => [
            [price, 80],
            [0n, 32],
            ...packedFees.map((fee): Field => [fee, 32]),
            [1n, 24],
            [round, 16],
            [samples, 8],
          ];
          const end = { ...fees, price: drawn.price, scale: drawn.scale };
          const lock = model.lockOf(account, end, divisor, isRefunding);
          if (lock > balance) continue;
          compared++;

          await store(slotOf(AGENT, SLOT.accounts), ...standing);
          await store(SLOT.posted, ...offer(drawn.price, 1n));
          expect((await view("freeBalance", AGENT))[0]).to.equal(balance - lock);

          // _outcomeOf and _booked
          await store(SLOT.posted, ...offer(drawn.price, 0n));
          await store(
            slotOf(1n, SLOT.outcomes),
            [drawn.price, 80],
            [drawn.scale, 60],
            [1n, 4],
            [round, 16],
            ...packedFees.map((fee): Field => [fee, 32]),
          );
          const booked = model.outcomeOf(account, end, divisor, isRefunding);
          const settled = (await view("settledAccount", AGENT))[0] as Record<string, bigint>;
          expect(settled["demand"]).to.equal(booked.allocation);
          expect(settled["balance"]).to.equal(balance - booked.payment - booked.charge);

          // trim and _moved
          await store(SLOT.posted, ...offer(drawn.price, 1n));
          await store(
            SLOT.totals,
            [drawn.total, 96],
            [drawn.movement, 80],
            [1n, 24],
            [round, 16],
            [drawn.packedCapacity, 32],
          );
          await send("trim", [AGENT]);
          const cut = model.trimmed(account.demand, account.lockedPrice, drawn.price);
          const isCut = cut.isCut && !account.isFresh && account.demand > 0n;
          const left = isCut ? cut.demand : account.demand;
          const sums = model.moved(drawn.total, drawn.movement, account.demand, left);
          expect(((await view("account", AGENT))[0] as Record<string, bigint>)["demand"]).to.equal(
            left,
          );
          const totals = (await view("totals"))[0] as Record<string, bigint>;
          expect(totals["demand"]).to.equal(sums.demand);
          expect(totals["movement"]).to.equal(sums.movement);

          // closeRound
          await store(SLOT.rules, [0n, 208], [1n, 16]);
          await send("closeRound");
          const outcome = (await view("outcome", 1n))[0] as Record<string, bigint>;
          expect(outcome["scale"]).to.equal(
            model.scaleDown(sums.demand, model.unpackDigits(drawn.packedCapacity)),
          );
        }
        expect(compared).to.be.at.least(CASES / 4);
      });
    });
  }
});

/** An account at the end of an epoch whose fees, price and scale are anything that can be. */
function drawCase(random: Random) {
  const packedFees = [random.digits(16), random.digits(16), random.digits(16)];
  const [unitFee, executionFee, progressiveFee] = packedFees.map((fee) => model.unpackDigits(fee));
  const isFresh = random.one(2n) === 0n;
  const price = random.number(80) % MAX_80;
  const answeredPrice = isFresh ? price : random.number(80) % MAX_80;
  const demand = random.number(88);
  const round = 1n + random.one(60_000n);
  const room = 2n ** 96n - 1n - demand;
  return {
    fees: {
      unitFee: unitFee!,
      executionFee: executionFee!,
      progressiveFee: progressiveFee!,
    },
    packedFees,
    account: { demand, lockedPrice: model.packPriceDown(answeredPrice), isFresh },
    answered: isFresh ? round + 1n : round,
    round,
    price,
    scale: random.number(60) % (10n ** 18n + 1n),
    balance: MAX_BALANCE - random.number(20),
    total: demand + (random.number(96) % (room + 1n)),
    movement: random.number(80),
    packedCapacity: random.digits(18) | 1n,
  };
}

/** A storage word from its fields, lowest first. */
function wordOf(fields: readonly Field[]): string {
  let word = 0n;
  let at = 0n;
  for (const [value, bits] of fields) {
    word |= value << at;
    at += BigInt(bits);
  }
  return `0x${word.toString(16).padStart(64, "0")}`;
}

/** The slot of a mapping's entry. */
function slotOf(key: string | bigint, mapping: bigint): string {
  const type = typeof key === "string" ? "address" : "uint256";
  return keccak256(AbiCoder.defaultAbiCoder().encode([type, "uint256"], [key, mapping]));
}
