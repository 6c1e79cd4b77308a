import { expect } from "chai";

import { parseFixed } from "../../mechanism/fixed-point.ts";
import {
  createMarket,
  deadlineAfter,
  openEpoch,
  type TwinDeployment,
  type TwinMarket,
  type TwinParameters,
} from "../../mechanism/twin-state.ts";

const FEE = 2n ** 80n - 1n;
const QUANTITY = 2n ** 88n - 1n;

const limits: TwinDeployment["limits"] = {
  maxUnitFee: 1001n,
  maxExecutionFee: 1002n,
  maxProgressiveFee: 1003n,
  minRoundLength: 5n,
  maxRoundLength: 1004n,
  maxRounds: 1005n,
};
const deployment: TwinDeployment = {
  tokenDecimals: 6n,
  policy: "Refunding",
  allowlisted: false,
  price: parseFixed("2"),
  limits,
};
const parameters: TwinParameters = {
  capacity: 11n,
  unitFee: 12n,
  executionFee: 13n,
  progressiveFee: 14n,
  samples: 15n,
  rule: "Secant",
  initialStep: 16n,
  stepOffset: 17n,
  maxStep: 18n,
  primalTolerance: 19n,
  dualTolerance: 20n,
  movementTolerance: 21n,
  roundLength: 60n,
  maxRounds: 22n,
};

const refusalOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

/** `action` takes both ends of the range, or has something else to say; one further it names it all. */
function holdsTo(name: string, min: bigint, max: bigint, action: (given: bigint) => unknown): void {
  for (const given of [min, max]) {
    expect(
      refusalOf(() => action(given)),
      `${name} ${given}`,
    ).not.to.match(new RegExp(`^ParameterOutOfRange\\(${name},`));
  }
  for (const given of [min - 1n, max + 1n]) {
    const refusal = `ParameterOutOfRange(${name}, ${given}, ${min}, ${max})`;
    expect(refusalOf(() => action(given))).to.equal(refusal);
  }
}

describe("the twin holds a deployment to the contract's limits:", () => {
  const deploy = (overrides: Partial<TwinDeployment>): TwinMarket =>
    createMarket({ ...deployment, ...overrides });

  it("the token's decimals and the first price", () => {
    holdsTo("decimals", 0n, 18n, (tokenDecimals) => deploy({ tokenDecimals }));
    holdsTo("price", 0n, 2n ** 80n - 2n, (price) => deploy({ price }));
    expect(deploy({ tokenDecimals: 0n }).divisor).to.equal(10n ** 36n);
    expect(deploy({ tokenDecimals: 18n }).divisor).to.equal(10n ** 18n);
  });

  const ranges: [keyof TwinDeployment["limits"], bigint, bigint][] = [
    ["maxUnitFee", 0n, FEE],
    ["maxExecutionFee", 0n, FEE],
    ["maxProgressiveFee", 0n, FEE],
    ["maxRoundLength", 1n, 2n ** 24n - 1n],
    ["minRoundLength", 1n, 1004n],
    ["maxRounds", 1n, 2n ** 16n - 2n],
  ];
  for (const [name, min, max] of ranges) {
    it(name, () => {
      holdsTo(name, min, max, (given) => deploy({ limits: { ...limits, [name]: given } }));
    });
  }

  it("and begins with no epoch, no funds and nobody, its limits a copy", () => {
    const given = { ...limits };
    const market = deploy({ allowlisted: true, policy: "PerSubmission", limits: given });
    given.maxRounds = 1n;
    expect(market).to.deep.equal({
      policy: "PerSubmission",
      allowlisted: true,
      divisor: 10n ** 30n,
      limits,
      posted: {
        price: parseFixed("2"),
        capacity: 0n,
        unitFee: 0n,
        executionFee: 0n,
        progressiveFee: 0n,
        epoch: 0n,
        round: 0n,
        samples: 0n,
      },
      totals: { demand: 0n, movement: 0n, answered: 0n, members: 0n, deadline: 0n },
      bracket: { lower: 0n, upper: 0n, previousDemand: 0n },
      rules: {
        primalTolerance: 0n,
        movementTolerance: 0n,
        dualTolerance: 0n,
        initialStep: 0n,
        maxStep: 0n,
        stepOffset: 0n,
        roundLength: 0n,
        maxRounds: 0n,
        rule: "Constant",
      },
      funds: { revenue: 0n, fees: 0n },
      outcomes: new Map(),
      accounts: new Map(),
      admitted: new Set(),
    });
  });
});

describe("the twin holds an epoch to the contract's limits:", () => {
  const open = (overrides: Partial<TwinParameters>, market = createMarket(deployment)): void =>
    openEpoch(market, { ...parameters, ...overrides }, 100n);

  const ranges: [keyof TwinParameters, bigint, bigint][] = [
    ["capacity", 1n, QUANTITY],
    ["unitFee", 0n, 1001n],
    ["executionFee", 0n, 1002n],
    ["progressiveFee", 0n, 1003n],
    ["samples", 1n, 255n],
    ["initialStep", 0n, FEE],
    ["stepOffset", 1n, 2n ** 24n - 1n],
    ["maxStep", 1n, FEE],
    ["primalTolerance", 0n, QUANTITY],
    ["dualTolerance", 1n, FEE],
    ["movementTolerance", 0n, FEE - 1n],
    ["roundLength", 5n, 1004n],
    ["maxRounds", 1n, 1005n],
  ];
  for (const [name, min, max] of ranges) {
    it(name, () => holdsTo(name, min, max, (given) => open({ [name]: given })));
  }

  it("the number of epochs", () => {
    const market = createMarket(deployment);
    market.posted.epoch = 2n ** 24n - 2n;
    open({}, market);
    expect(market.posted.epoch).to.equal(2n ** 24n - 1n);
    market.posted.samples = 0n;
    const refusal = "ParameterOutOfRange(epoch, 16777216, 1, 16777215)";
    expect(refusalOf(() => open({}, market))).to.equal(refusal);
  });

  const rounded = [
    "capacity",
    "unitFee",
    "executionFee",
    "progressiveFee",
    "primalTolerance",
    "movementTolerance",
    "dualTolerance",
    "initialStep",
    "maxStep",
  ] as const;
  for (const name of rounded) {
    it(`the digits of ${name}`, () => {
      const most = { maxUnitFee: FEE, maxExecutionFee: FEE, maxProgressiveFee: FEE };
      const market = createMarket({ ...deployment, limits: { ...limits, ...most } });
      // Nine digits, and one more than a mantissa of 27 bits holds.
      const given = 134_217_729n;
      const refusal = `TooManyDigits(${name}, ${given})`;
      expect(refusalOf(() => open({ [name]: given }, market))).to.equal(refusal);
      open({ [name]: 134_217_727n }, market);
    });
  }

  it("and opens it at the price the last one left, everything else as chosen or afresh", () => {
    const market = createMarket(deployment);
    market.totals = { demand: 1n, movement: 2n, answered: 3n, members: 4n, deadline: 5n };
    market.bracket = { lower: 1n, upper: 2n, previousDemand: 3n };
    market.posted.round = 9n;
    open({}, market);
    const { capacity, unitFee, executionFee, progressiveFee, samples, ...rules } = parameters;
    const fees = { unitFee, executionFee, progressiveFee };
    const price = parseFixed("2");
    expect(market.posted).to.deep.equal({
      price,
      capacity,
      ...fees,
      epoch: 1n,
      round: 0n,
      samples,
    });
    expect(market.rules).to.deep.equal(rules);
    expect(market.totals).to.deep.equal({
      demand: 0n,
      movement: 0n,
      answered: 0n,
      members: 4n,
      deadline: 160n,
    });
    const unseen = 2n ** 80n - 1n;
    expect(market.bracket).to.deep.equal({ lower: unseen, upper: unseen, previousDemand: 0n });
    expect(refusalOf(() => open({}, market))).to.equal("EpochStillOpen(1)");
  });

  it("the deadline, which 32 bits hold", () => {
    expect(deadlineAfter(10n, 20n)).to.equal(30n);
    expect(deadlineAfter(2n ** 32n - 2n, 1n)).to.equal(2n ** 32n - 1n);
    expect(deadlineAfter(2n ** 32n - 1n, 1n)).to.equal(2n ** 32n - 1n);
  });
});
