import { expect } from "chai";

import { BudgetInUse, BudgetSpent, keepBudget } from "../../../agents/chain/budget.ts";

const complaintOf = (action: () => void): BudgetSpent => {
  try {
    action();
  } catch (error) {
    return error as BudgetSpent;
  }
  return expect.fail("there was no complaint");
};

describe("A budget", () => {
  it("counts what is on its way at its most, and what is mined at its cost", () => {
    const budget = keepBudget({ total: 100n });
    budget.reserve("one", 60n);
    expect(budget.left()).to.equal(40n);
    budget.settle("one", 20n);
    expect([budget.left(), budget.spent()]).to.deep.equal([80n, 20n]);
  });

  it("lets nothing begin that could go beyond it, to the wei, whoever sends", () => {
    const budget = keepBudget({ total: 100n });
    budget.reserve("one", 60n);
    budget.reserve("two", 40n);
    budget.settle("two", 40n);
    budget.reserve("two", 0n);
    const wait = complaintOf(() => budget.reserve("two", 1n));
    expect(wait, "some of it may be free again").to.be.instanceOf(BudgetInUse);
    budget.settle("one", 59n);
    budget.reserve("two", 1n);
    const error = complaintOf(() => budget.reserve("two", 2n));
    expect(error).to.be.instanceOf(BudgetSpent);
    expect(error.isTotal).to.equal(true);
    expect(error.name).to.equal("BudgetSpent");
  });

  it("counts a replacement in place of what it replaces, not beside it", () => {
    const budget = keepBudget({ total: 100n });
    budget.reserve("one", 60n);
    budget.reserve("one", 100n);
    expect(budget.left()).to.equal(0n);
    expect(complaintOf(() => budget.reserve("one", 101n)).isTotal).to.equal(true);
    expect(budget.left(), "what was refused changes nothing").to.equal(0n);
  });

  it("stops one sender without the others", () => {
    const budget = keepBudget({ perSender: 10n });
    budget.reserve("one", 10n);
    budget.settle("one", 8n);
    const error = complaintOf(() => budget.reserve("one", 3n));
    expect(error.isTotal).to.equal(false);
    expect(error.message).to.include("one: budget.perAgent");
    budget.reserve("two", 10n);
    expect(budget.left()).to.equal(undefined);
  });

  it("tells which cap is in the way, what is gone of it and what the next would take, in ether", () => {
    const ether = 10n ** 18n;
    const rest = "spent or set aside, the next transaction may cost";
    const budget = keepBudget({ total: 10n * ether, perSender: 6n * ether });
    budget.settle("one", ether);
    budget.reserve("one", 3n * ether);
    budget.settle("two", 2n * ether);
    for (const [sender, wei, name, message] of [
      ["one", 8n, "BudgetSpent", `budget.total: 3.0 of 10.0 ${rest} 8.0; raise it to go on`],
      ["two", 5n, "BudgetSpent", `two: budget.perAgent: 2.0 of 6.0 ${rest} 5.0; raise it to go on`],
      ["six", 5n, "BudgetInUse", `budget.total: 6.0 of 10.0 ${rest} 5.0; raise it to go on`],
    ] as const) {
      const error = complaintOf(() => budget.reserve(sender, wei * ether));
      expect(error).to.include({ name, message });
    }
    expect(budget.left()).to.equal(4n * ether);
  });
});
