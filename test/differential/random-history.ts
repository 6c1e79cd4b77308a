import { answer, type Bot, type Posting } from "../../agents/bot.ts";
import type { Agent } from "../../mechanism/agent.ts";
import { totalDemand } from "../../mechanism/equilibrium.ts";
import { fixedFromNumber, numberFromFixed, UNIT } from "../../mechanism/fixed-point.ts";
import { createRandom } from "../../mechanism/random.ts";
import { freeBalance, settledAccount } from "../../mechanism/twin-accounts.ts";
import { fitDigitsDown, MAX_PRICE, STEP_RULES } from "../../mechanism/twin-arithmetic.ts";
import {
  openEpoch,
  SETTLED,
  type TwinParameters,
  type TwinPolicy,
} from "../../mechanism/twin-state.ts";
import {
  admit,
  closeRound,
  deposit,
  join,
  settleAccounts,
  submit,
  trim,
  withdraw,
} from "../../mechanism/twin.ts";
import {
  closeShadow,
  closingRound,
  isBeyondFloats,
  shadowOf,
  type FloatShadow,
} from "./float-shadow.ts";
import { handIn } from "./signed-batches.ts";
import {
  deployPair,
  order,
  twinAccount,
  type LocalChain,
  type Order,
  type PairedMarket,
} from "./paired-market.ts";

/** What sort of market a history is about. */
export type Setting = {
  seed: number;
  rule: (typeof STEP_RULES)[number];
  policy: TwinPolicy;
  samples: 1 | 4;
  decimals: 0 | 6 | 18;
  /** φ > 0. */
  hasProgressiveFee: boolean;
  /** γ > 0. */
  hasProximalWeight: boolean;
  /** Prices, fees and quantities from all of what the contract can hold, and demands to match. */
  isExtreme: boolean;
};

/** The draws a history is made of. */
type Draw = {
  chance: (probability: number) => boolean;
  /** From `least` to `most`. */
  between: (least: number, most: number) => number;
  /** 0 … count − 1. */
  below: (count: number) => number;
  /** Anything up to `max`, of every order of magnitude alike. */
  anyUpTo: (max: bigint) => bigint;
};

type History = { pair: PairedMarket; setting: Setting; draw: Draw; bots: Bot[]; outsider: string };

const EPOCHS = 2;
const MILLION = 1_000_000;

/**
 * A market's life from its deployment to the last withdrawal: agents come, answer as bots do (one
 * of them lazily, so that its demand goes stale), do what the contract refuses, trim, take money
 * out and put it in, over several epochs; at last everybody leaves. The float dynamics follow, but
 * for extreme markets, whose numbers floats do not hold.
 *
 * @param afterEach called after every order, taken or refused
 */
export async function playHistory(
  chain: LocalChain,
  setting: Setting,
  afterEach: (pair: PairedMarket, last: Order) => Promise<void>,
): Promise<PairedMarket> {
  const draw = drawsFrom(setting.seed);
  const price = setting.isExtreme
    ? draw.anyUpTo(MAX_PRICE)
    : draw.chance(0.5)
      ? 0n
      : fixedFromNumber(draw.between(0, 3));
  const pair = await deployPair(chain, {
    decimals: setting.decimals,
    policy: setting.policy,
    allowlisted: draw.chance(0.25),
    price,
  });
  // The last agent stays outside but for trying things.
  const outsider = pair.addresses.at(-1)!;
  const history: History = { pair, setting, draw, bots: botsOf(pair, setting, draw), outsider };
  const orders = ordersOf(history, afterEach);
  await orders.enterAll();
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    await orders.open();
    while (pair.twin.posted.samples !== 0n) {
      await orders.answerAll();
      if (draw.chance(0.35)) await orders.somethingElse();
      await orders.close();
    }
    for (let count = draw.below(4); count > 0; count--) await orders.somethingElse();
  }
  await orders.leaveAll();
  return pair;
}

function botsOf(pair: PairedMarket, setting: Setting, draw: Draw): Bot[] {
  const gamma = setting.hasProximalWeight ? draw.between(0.1, 1.5) : 0;
  return pair.addresses.map((id, index) => ({
    agent: { id, ...anyFamily(draw) },
    strategy: index === 1 ? { name: "lazy", gamma, deadband: 0.4 } : { name: "truthful", gamma },
  }));
}

function anyFamily(draw: Draw): Omit<Agent, "id"> {
  const alpha = draw.between(5, 20);
  const cost: Agent["cost"] = draw.chance(0.7)
    ? { family: "linear", beta: draw.between(0.5, 5) }
    : { family: "quadratic", beta: draw.between(0.5, 3), delta: draw.between(0.1, 1) };
  const families: Agent["valuation"][] = [
    { family: "log", alpha },
    { family: "log", alpha },
    { family: "isoelastic", alpha: alpha / 2, shape: 0.5 },
    { family: "saturating", alpha, shape: 2 },
    { family: "quadratic", alpha, shape: 2 },
  ];
  return { valuation: families[draw.below(families.length)]!, cost };
}

/** All an agent, the owner or a passer-by can do, each given to the contract and its twin. */
function ordersOf(history: History, afterEach: (pair: PairedMarket, last: Order) => Promise<void>) {
  const { pair, setting, draw, bots, outsider } = history;
  const { twin, chain, addresses } = pair;
  const owner = chain.owner.address;
  const someone = (): string => addresses[draw.below(addresses.length)]!;
  const some = (): string[] => addresses.filter(() => draw.chance(0.6));
  const tokens = (count: number): bigint => BigInt(count) * 10n ** BigInt(setting.decimals);

  let shadow: FloatShadow | undefined;

  const give = async (...args: OrderArguments): Promise<void> => {
    await order(pair, ...args);
    const [from, method] = args;
    await afterEach(pair, { from, method });
  };
  const deposits = (agent: string, amount: bigint): Promise<void> =>
    give(agent, "deposit", [amount], (market) => deposit(market, agent, amount));
  const joins = (agent: string): Promise<void> =>
    give(agent, "join", [], (market) => join(market, agent));
  const admits = (agents: string[], admitted: boolean): Promise<void> =>
    give(owner, "admit", [agents, admitted], (market) => admit(market, agents, admitted));
  const trims = async (agents: string[]): Promise<void> => {
    const before = agents.map((agent) => twinAccount(pair, agent).demand);
    await give(outsider, "trim", [agents], (market) => trim(market, agents));
    pair.cuts += agents.filter((agent, at) => twinAccount(pair, agent).demand < before[at]!).length;
  };
  const settles = (agents: string[]): Promise<void> =>
    give(outsider, "settleAccounts", [agents], (market) => settleAccounts(market, agents));
  // Draws of their own: those of the history are the same whether a demand comes signed or not.
  const relayed = drawsFrom(setting.seed + MILLION);
  const handsIn = async (
    agent: string,
    demand: bigint,
    { epoch, round }: { epoch: bigint; round: bigint },
  ): Promise<void> => {
    const other = { agent: addresses[relayed.below(addresses.length)]!, demand: demand / 2n };
    const batch = [{ agent, demand, isSigned: true }];
    if (relayed.chance(0.2)) batch.unshift({ ...other, isSigned: false });
    if (relayed.chance(0.2)) batch.push({ ...batch[0]!, demand: demand / 3n });
    await handIn(pair, outsider, { epoch, round }, batch);
    await afterEach(pair, { from: agent, method: "submit" });
  };
  const submits = (
    agent: string,
    samples: bigint[],
    { epoch, round } = twin.posted,
  ): Promise<void> => {
    const mean = samples.reduce((sum, sample) => sum + sample, 0n) / BigInt(samples.length);
    const isRelayable = mean < 2n ** 88n && BigInt(samples.length) === twin.posted.samples;
    if (isRelayable && relayed.chance(0.15)) return handsIn(agent, mean, { epoch, round });
    const isOne = samples.length === 1;
    return give(
      agent,
      isOne ? "submit" : "submitSamples",
      [epoch, round, isOne ? samples[0] : samples],
      (market) => submit(market, agent, epoch, round, samples),
    );
  };

  const someDeposit = (): bigint =>
    setting.isExtreme ? draw.anyUpTo(2n ** 95n) + 1n : tokens(40 + draw.below(400)) + 7n;

  const enterAll = async (): Promise<void> => {
    if (twin.allowlisted) {
      await joins(someone());
      await admits(addresses.slice(0, -1), true);
    }
    for (const agent of addresses) {
      if (agent === outsider) continue;
      if (draw.chance(0.2)) await joins(agent);
      await deposits(agent, someDeposit());
    }
  };

  const parameters = (): TwinParameters =>
    setting.isExtreme ? extremeParameters(setting, draw) : usualParameters(history);
  const open = async (): Promise<void> => {
    if (draw.chance(0.1)) {
      const broken = breakOne(parameters(), draw);
      await opens(broken);
    }
    while (twin.posted.samples === 0n) await opens(parameters());
  };
  const opens = async (chosen: TwinParameters): Promise<void> => {
    const wasOpen = twin.posted.samples !== 0n;
    await give(
      owner,
      "openEpoch",
      [{ ...chosen, rule: STEP_RULES.indexOf(chosen.rule) }],
      (market, now) => openEpoch(market, chosen, now),
    );
    if (!wasOpen && twin.posted.samples !== 0n) shadow = shadowOf(twin);
  };

  const demandsOf = (bot: Bot): bigint[] | null => {
    const { capacity } = twin.posted;
    const count = Number(twin.posted.samples);
    if (setting.isExtreme) {
      const one = (): bigint => {
        const demand = draw.chance(0.1) ? 0n : draw.anyUpTo(capacity);
        return draw.chance(0.5) ? demand >> BigInt(draw.below(40)) : demand;
      };
      return draw.chance(0.2) ? null : Array.from({ length: count }, one);
    }
    const account = twinAccount(pair, bot.agent.id);
    const stands = account.epoch === twin.posted.epoch;
    const balance = numberFromFixed(account.balance, setting.decimals);
    const samples = answer(bot, postingOf(history), {
      demand: stands ? numberFromFixed(account.demand) : 0,
      budget: Math.max(0, balance - 2 / 10 ** setting.decimals),
    });
    if (samples === null) return null;
    // Samples that differ, so that their mean is one that had to be rounded.
    return samples.map((sample, index) => fixedFromNumber(sample) - BigInt(sample > 1 ? index : 0));
  };

  const answerAll = async (): Promise<void> => {
    for (const bot of bots) {
      const agent = bot.agent.id;
      if (agent === outsider || draw.chance(0.03)) continue;
      const samples = demandsOf(bot);
      if (samples !== null) await submits(agent, samples);
    }
  };

  const closes = async (): Promise<void> => {
    const was = closingRound(twin);
    await give(outsider, "closeRound", [], (market, now) => closeRound(market, now));
    const { samples, round } = twin.posted;
    const hasClosed = samples !== was.samples || round !== was.round;
    if (setting.isExtreme || shadow === undefined || !hasClosed) return;
    if (isBeyondFloats(was)) {
      pair.roundsBeyondFloats++;
      shadow = undefined;
      return;
    }
    pair.roundsInFloats++;
    pair.demandsInFloats += closeShadow(shadow, twin, was);
  };

  const close = async (): Promise<void> => {
    const { epoch, round } = twin.posted;
    if (draw.chance(0.5)) await closes();
    const isOver = twin.posted.epoch !== epoch || twin.posted.round !== round;
    if (isOver || twin.posted.samples === 0n) return;
    await chain.request("evm_increaseTime", [Number(twin.rules.roundLength) + 1]);
    // Where the lock of a stale demand no longer covers it at the posted price.
    if (draw.chance(0.3)) await trims(some());
    await closes();
    countHeldByLock();
  };

  const countHeldByLock = (): void => {
    const end = twin.outcomes.get(twin.posted.epoch);
    if (end === undefined) return;
    for (const agent of addresses) {
      const { demand, epoch, answered } = twinAccount(pair, agent);
      if (epoch !== twin.posted.epoch || answered === SETTLED) continue;
      const share = (demand * end.scale) / UNIT;
      if (settledAccount(twin, agent).demand < share) pair.heldByLock++;
    }
  };

  const wrongSubmission = async (): Promise<void> => {
    const agent = someone();
    const { epoch, round, capacity } = twin.posted;
    const count = Number(twin.posted.samples);
    const samples = (demand: bigint): bigint[] =>
      Array.from({ length: Math.max(1, count) }, () => demand);
    const ways: (() => Promise<void>)[] = [
      () => submits(agent, samples(1n), { ...twin.posted, round: round + 1n }),
      () => submits(agent, samples(1n), { ...twin.posted, epoch: epoch + 1n }),
      () => submits(agent, samples(1n)),
      () => submits(agent, samples(capacity + 1n)),
      () => submits(agent, samples(2n ** 200n)),
      () => submits(agent, [...samples(1n), 1n]),
      () => submits(agent, samples(capacity)),
      () => submits(outsider, samples(1n)),
    ];
    await ways[draw.below(ways.length)]!();
  };

  const takesOut = async (): Promise<void> => {
    const agent = someone();
    const free = freeBalance(twin, agent);
    const amounts = [free, free + 1n, free / 3n, free / 10n, 0n, 1n];
    const amount = amounts[draw.below(amounts.length)]!;
    await give(agent, "withdraw", [amount, owner], (market) => withdraw(market, agent, amount));
  };

  const takesFunds = async (part: "revenue" | "fees"): Promise<void> => {
    const method = part === "revenue" ? "withdrawRevenue" : "withdrawFees";
    await give(someone(), method, [], (market) => {
      if (market.funds[part] === 0n) throw new Error("ZeroAmount()");
      market.funds[part] = 0n;
    });
  };

  const somethingElse = async (): Promise<void> => {
    const ways: (() => Promise<void>)[] = [
      wrongSubmission,
      wrongSubmission,
      takesOut,
      takesOut,
      () => takesFunds(draw.chance(0.5) ? "revenue" : "fees"),
      () => trims(some()),
      () => settles(some()),
      () => joins(someone()),
      () => admits(some(), draw.chance(0.5)),
      () => opens(parameters()),
      closes,
      // The outsider comes in now and then, late and without a bot.
      () => deposits(draw.chance(0.1) ? outsider : addresses[0]!, someDeposit()),
      () => deposits(someone(), 0n),
      () => deposits(addresses[0]!, 2n ** 96n),
    ];
    await ways[draw.below(ways.length)]!();
  };

  const leaveAll = async (): Promise<void> => {
    while (twin.posted.samples !== 0n) {
      await chain.request("evm_increaseTime", [Number(twin.rules.roundLength) + 1]);
      await closes();
    }
    if (draw.chance(0.5)) await settles([...addresses, ...addresses.slice(0, 1)]);
    for (const agent of addresses) {
      const amount = freeBalance(twin, agent);
      await give(agent, "withdraw", [amount, owner], (market) => withdraw(market, agent, amount));
    }
    // Who has nothing to take out still owes what it got.
    await settles(addresses);
    await takesFunds("revenue");
    await takesFunds("fees");
  };
  return { enterAll, open, answerAll, close, somethingElse, leaveAll };
}

type OrderArguments = Parameters<typeof order> extends [PairedMarket, ...infer Rest] ? Rest : never;

function postingOf({ pair }: History): Posting {
  const { posted } = pair.twin;
  return {
    epoch: Number(posted.epoch),
    round: Number(posted.round),
    price: numberFromFixed(posted.price),
    capacity: numberFromFixed(posted.capacity),
    fees: {
      unitFee: numberFromFixed(posted.unitFee),
      executionFee: numberFromFixed(posted.executionFee),
      progressiveFee: numberFromFixed(posted.progressiveFee),
    },
    samples: Number(posted.samples),
  };
}

/** Parameters under which a market of the history's bots finds its price, or nearly does. */
function usualParameters({ setting, draw, bots }: History): TwinParameters {
  const fees = {
    unitFee: draw.below(10) / 10,
    executionFee: draw.chance(0.3) ? 0 : draw.below(40) / 10,
    progressiveFee: setting.hasProgressiveFee ? (1 + draw.below(50)) / 100 : 0,
  };
  const agents = bots.slice(0, -1).map(({ agent }) => agent);
  const most = totalDemand(agents, 100, fees, 0.2);
  const capacity = fitDigitsDown(fixedFromNumber(most * draw.between(0.3, 1.1) + 1));
  const units = numberFromFixed(capacity);
  const slope = (most - totalDemand(agents, 100, fees, 1.2)) / 1;
  const share = (part: number): bigint => fitDigitsDown(fixedFromNumber(units * part));
  return {
    capacity,
    unitFee: fixedFromNumber(fees.unitFee),
    executionFee: fixedFromNumber(fees.executionFee),
    progressiveFee: fixedFromNumber(fees.progressiveFee),
    samples: BigInt(setting.samples),
    rule: setting.rule,
    initialStep: fitDigitsDown(fixedFromNumber(draw.between(0.5, 3) / Math.max(slope, 0.5))),
    stepOffset: BigInt(1 + draw.below(20)),
    maxStep: fitDigitsDown(fixedFromNumber(draw.between(0.5, 5))),
    primalTolerance: share(draw.chance(0.5) ? 0.001 : 0.02),
    dualTolerance: draw.chance(0.4) ? UNIT / 1000n : UNIT / 10n,
    movementTolerance: share(draw.chance(0.5) ? 0.01 : 0.1),
    roundLength: BigInt(200 + draw.below(1000)),
    maxRounds: BigInt(3 + draw.below(10)),
  };
}

/** Parameters from all of what the contract can hold. */
function extremeParameters(setting: Setting, draw: Draw): TwinParameters {
  const upTo = (max: bigint): bigint => fitDigitsDown(draw.anyUpTo(max));
  const fee = (): bigint => (draw.chance(0.4) ? 0n : upTo(2n ** 80n - 1n));
  const capacity = upTo(2n ** 88n - 1n);
  return {
    capacity: capacity === 0n ? 1n : capacity,
    unitFee: fee(),
    executionFee: fee(),
    progressiveFee: setting.hasProgressiveFee ? fee() : 0n,
    samples: BigInt(setting.samples),
    rule: setting.rule,
    initialStep: fee(),
    stepOffset: BigInt(1 + draw.below(2 ** 24 - 1)),
    maxStep: upTo(2n ** 80n - 1n) || 1n,
    primalTolerance: upTo(capacity),
    dualTolerance: upTo(2n ** 80n - 1n) || 1n,
    movementTolerance: upTo(2n ** 80n - 2n),
    roundLength: BigInt(200 + draw.below(1000)),
    maxRounds: BigInt(1 + draw.below(6)),
  };
}

/** With one parameter that the contract does not take. */
function breakOne(parameters: TwinParameters, draw: Draw): TwinParameters {
  const broken: Partial<TwinParameters>[] = [
    { capacity: 0n },
    { capacity: 2n ** 88n },
    { capacity: 1_234_567_890_123n },
    { unitFee: 2n ** 80n },
    { executionFee: 134_217_729n },
    { progressiveFee: 999_999_999n },
    { samples: 0n },
    { samples: 256n },
    { stepOffset: 0n },
    { maxStep: 0n },
    { initialStep: 2n ** 80n - 1n },
    { primalTolerance: 2n ** 88n - 1n },
    { dualTolerance: 0n },
    { movementTolerance: 2n ** 80n - 1n },
    { roundLength: 0n },
    { maxRounds: 1_001n },
  ];
  return { ...parameters, ...broken[draw.below(broken.length)] };
}

function drawsFrom(seed: number): Draw {
  const { uniform } = createRandom(seed);
  const below = (count: number): number => Math.floor(uniform() * count);
  return {
    chance: (probability) => uniform() < probability,
    between: (least, most) => least + (most - least) * uniform(),
    below,
    anyUpTo: (max) => {
      const bits = below(max.toString(2).length + 1);
      const mantissa = BigInt(2 ** 52 + below(2 ** 52));
      const value = bits === 0 ? 0n : (mantissa << BigInt(bits)) >> 53n;
      return value > max ? max : value;
    },
  };
}
