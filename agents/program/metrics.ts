import { Counter, Gauge, Registry } from "prom-client";

/** What is counted, for Prometheus; docs/operating.md says what each means and what to do. */
export type Metrics = ReturnType<typeof createMetrics>;

/** @param live read when the metrics are asked for */
export function createMetrics(live: {
  headAge: () => number;
  budgetLeft: () => number | undefined;
  onTheirWay: () => number;
}) {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read?: () => number | undefined): Gauge =>
    new Gauge({
      name: `clearing_${name}`,
      help,
      registers,
      ...(read === undefined
        ? {}
        : {
            collect() {
              const value = read();
              if (value !== undefined) this.set(value);
            },
          }),
    });
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
  ): Counter<Label> => new Counter({ name: `clearing_${name}`, help, labelNames, registers });

  gauge("head_age_seconds", "Seconds since a node last answered with the head", live.headAge);
  // Without a budget there is none: 0 would say that nothing is left of it.
  if (live.budgetLeft() !== undefined) {
    gauge("budget_left_ether", "What is left of budget.total, native token", live.budgetLeft);
  }
  gauge("transactions_on_their_way", "Transactions sent and not mined yet", live.onTheirWay);
  return {
    registry,
    requests: counter("rpc_requests_total", "Requests to nodes, by how they ended", [
      "endpoint",
      "outcome",
    ]),
    failovers: counter("rpc_failovers_total", "Answers from a node that is not the first", [
      "endpoint",
    ]),
    fallbacks: counter("relay_fallbacks_total", "Demands submitted without the relay", []),
    reorgs: counter("reorgs_total", "Blocks that had been seen and were replaced", []),
    steps: counter("transaction_steps_total", "What befell transactions on their way", ["step"]),
    outcomes: counter("transactions_total", "Transactions and attempts, by kind and end", [
      "kind",
      "outcome",
    ]),
    spent: counter("gas_spent_ether_total", "Spent on gas, native token", ["kind"]),
    head: gauge("head_block", "The last block seen"),
    epoch: gauge("epoch", "The market's epoch"),
    round: gauge("round", "The market's round"),
    price: gauge("price", "The posted price, tokens per unit"),
    isOpen: gauge("epoch_open", "1 while the epoch is open"),
    members: gauge("members", "Agents of this process"),
    answered: gauge("members_answered", "Of these, how many have answered the round"),
    resting: gauge("members_resting", "Of these, how many wait after an error"),
    budgetSpent: gauge("budget_spent", "1 when the budget is spent and nothing is sent any more"),
  };
}
