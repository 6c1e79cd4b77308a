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
    expect(error.message).to.match(/^budget.total: /);
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
});
