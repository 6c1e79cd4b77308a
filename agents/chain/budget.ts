import { formatEther } from "ethers";

import { ChainError } from "../errors.ts";

/** What was to be sent would cost more than is left of the budget. */
export class BudgetSpent extends ChainError {
  override readonly name = "BudgetSpent";
  /** Whether it is the whole process's, or one sender's. */
  readonly isTotal: boolean;

  constructor(isTotal: boolean, sentence: string) {
    super(sentence);
    this.isTotal = isTotal;
  }
}

/** What is left of the budget is set aside for what is on its way, and will be free again in part. */
export class BudgetInUse extends ChainError {
  override readonly name = "BudgetInUse";
}

/** Caps on what is spent on gas, wei; undefined is no cap. */
export type Caps = { total?: bigint | undefined; perSender?: bigint | undefined };

/** Keeps what is spent, and what transactions on their way may still cost, within the caps. */
export type Budget = {
  /**
   * Set aside what a sender's transaction on its way may cost at most, in place of what was set aside for it before.
   *
   * @throws BudgetSpent if that is more than is left, BudgetInUse if it is so until others are at their end; nothing is
   * changed then
   */
  reserve: (sender: string, wei: bigint) => void;
  /** The transaction on its way is at its end, and has cost so much. */
  settle: (sender: string, wei: bigint) => void;
  /** Wei. */
  spent: () => bigint;
  /** Wei that nothing is set aside for; undefined without a cap. */
  left: () => bigint | undefined;
};

export function keepBudget({ total, perSender }: Caps): Budget {
  const accounts = new Map<string, { spent: bigint; reserved: bigint }>();
  let [spent, reserved] = [0n, 0n];

  const accountOf = (sender: string): { spent: bigint; reserved: bigint } => {
    let account = accounts.get(sender);
    if (account === undefined) accounts.set(sender, (account = { spent: 0n, reserved: 0n }));
    return account;
  };

  return {
    reserve: (sender, wei) => {
      const account = accountOf(sender);
      const others = reserved - account.reserved;
      if (total !== undefined && spent + wei > total) {
        throw new BudgetSpent(true, exceeded("budget.total", total, spent, wei));
      }
      if (perSender !== undefined && account.spent + wei > perSender) {
        const sentence = exceeded("budget.perAgent", perSender, account.spent, wei);
        throw new BudgetSpent(false, `${sender}: ${sentence}`);
      }
      if (total !== undefined && spent + others + wei > total) {
        throw new BudgetInUse(exceeded("budget.total", total, spent + others, wei));
      }
      reserved = others + wei;
      account.reserved = wei;
    },
    settle: (sender, wei) => {
      const account = accountOf(sender);
      reserved -= account.reserved;
      account.reserved = 0n;
      account.spent += wei;
      spent += wei;
    },
    spent: () => spent,
    left: () => (total === undefined ? undefined : total - spent - reserved),
  };
}

function exceeded(field: string, cap: bigint, gone: bigint, more: bigint): string {
  const [all, used, next] = [cap, gone, more].map((wei) => formatEther(wei));
  return `${field}: ${used} of ${all} spent or set aside, the next transaction may cost ${next}; raise it to go on`;
}
