import { expect } from "chai";

import { UNIT } from "../../mechanism/fixed-point.ts";
import { STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import type { TwinOutcome } from "../../mechanism/twin-state.ts";
import { isBeyondFloats } from "./float-shadow.ts";
import {
  compare,
  startLocalChain,
  tokensHeld,
  type LocalChain,
  type PairedMarket,
} from "./paired-market.ts";
import { playHistory, type Setting } from "./random-history.ts";

const AGENTS = 5;
// Twice every setting, or eighteen times.
const MARKETS = process.env["DEEP"] === "1" ? 2_016 : 224;

/** Every combination of what matters, and on top of it the ends of all ranges, again and again. */
function allSettings(): Setting[] {
  const settings: Omit<Setting, "seed">[] = [];
  for (const rule of STEP_RULES)
    for (const policy of ["Refunding", "PerSubmission"] as const)
      for (const samples of [1, 4] as const) {
        for (const decimals of [0, 6, 18] as const)
          for (const hasProgressiveFee of [false, true])
            settings.push({
              rule,
              policy,
              samples,
              decimals,
              hasProgressiveFee,
              hasProximalWeight: settings.length % 3 === 0,
              isExtreme: false,
            });
        settings.push({
          rule,
          policy,
          samples,
          decimals: 18,
          hasProgressiveFee: true,
          hasProximalWeight: false,
          isExtreme: true,
        });
      }
  return Array.from({ length: MARKETS }, (_, index) => ({
    ...settings[index % settings.length]!,
    seed: 5504 + index,
  }));
}

describe("The contract against its twin", function () {
  this.timeout(0);

  let chain: LocalChain;
  const played: PairedMarket[] = [];

  before(async () => {
    chain = await startLocalChain(AGENTS);
  });
  after(() => chain.connection.close());

  const settings = allSettings();
  for (const rule of STEP_RULES) {
    for (const policy of ["Refunding", "PerSubmission"] as const) {
      const chosen = settings.filter((one) => one.rule === rule && one.policy === policy);
      it(`agrees after every order in ${chosen.length} random markets under ${rule} and ${policy}`, async () => {
        for (const setting of chosen) {
          try {
            const pair = await playHistory(chain, setting, compare);
            expect(await tokensHeld(pair), "tokens left behind").to.equal(0n);
            played.push(pair);
          } catch (error) {
            const { message } = error as Error;
            throw new Error(`${JSON.stringify(setting)}: ${message}`, { cause: error });
          }
        }
      });
    }
  }

  it(`has seen ${MARKETS} markets from deployment to the last withdrawal`, () => {
    expect(played).to.have.length(MARKETS);
  });
  it("has compared rounds and settled demands with the float dynamics", () => {
    const rounds = played.reduce((sum, pair) => sum + pair.roundsInFloats, 0);
    const demands = played.reduce((sum, pair) => sum + pair.demandsInFloats, 0);
    expect(rounds).to.be.at.least(3 * MARKETS);
    expect(demands).to.be.at.least(3 * MARKETS);
    const beyond = played.reduce((sum, pair) => sum + pair.roundsBeyondFloats, 0);
    expect(beyond, "rounds left out").to.be.at.most(rounds / 100);
  });
  it("leaves out of that what doubles cannot tell apart, and nothing else", () => {
    const capacity = 5_097_648_900_000_000_000n;
    const round = { samples: 4n, round: 2n, price: UNIT, movement: 0n, capacity };
    const isBeyond = (demand: bigint, previousDemand: bigint): boolean =>
      isBeyondFloats({ ...round, demand, previousDemand });
    expect(isBeyond(capacity - 2n, capacity - 2n), "a side of capacity").to.equal(true);
    expect(isBeyond(4n * UNIT, 4n * UNIT + 1n), "a slope").to.equal(true);
    expect(isBeyond(capacity, capacity)).to.equal(false);
    expect(isBeyond(capacity - 10_000n, capacity + 10_000n)).to.equal(false);
  });
  it("has seen epochs end in every way, slack ones at price 0 among them", () => {
    const outcomes = played.flatMap(({ twin }) => [...twin.outcomes.values()]);
    const count = (is: (outcome: TwinOutcome) => boolean): number => outcomes.filter(is).length;
    const ends = {
      converged: count(({ reason, price }) => reason === "Converged" && price > 0n),
      slack: count(({ reason, price }) => reason === "Converged" && price === 0n),
      rationed: count(({ reason }) => reason === "Rationed"),
      roundLimit: count(({ reason }) => reason === "RoundLimit"),
      scaledDown: count(({ scale }) => scale < UNIT),
    };
    for (const [end, times] of Object.entries(ends)) {
      expect(times, `${end} of ${JSON.stringify(ends)}`).to.be.at.least(3);
    }
  });
  it("has seen signed demands count, and passed over", () => {
    const signed = played.reduce((sum, pair) => sum + pair.signed, 0);
    const forged = played.reduce(
      (sum, { refusals }) => sum + (refusals.get("InvalidSignature") ?? 0),
      0,
    );
    expect(signed).to.be.at.least(2 * MARKETS);
    expect(forged).to.be.at.least(MARKETS / 4);
  });
  it("has seen stale demands trimmed, and held by their lock at settlement", () => {
    expect(played.reduce((sum, { cuts }) => sum + cuts, 0)).to.be.at.least(20);
    expect(played.reduce((sum, { heldByLock }) => sum + heldByLock, 0)).to.be.at.least(5);
  });
  it("has seen nearly every refusal that the twin knows, each with the contract's own values", () => {
    const refusals = new Set(played.flatMap((pair) => [...pair.refusals.keys()]));
    expect([...refusals]).to.include.members([
      "AlreadyAnswered",
      "AlreadyJoined",
      "BalanceTooLarge",
      "DemandAboveCapacity",
      "EpochNotOpen",
      "EpochStillOpen",
      "InsufficientCollateral",
      "InsufficientFreeBalance",
      "InvalidSignature",
      "NotAdmitted",
      "NotJoined",
      "ParameterOutOfRange",
      "RoundNotOpen",
      "RoundStillOpen",
      "TooManyDigits",
      "WrongSampleCount",
      "ZeroAmount",
    ]);
  });
});
