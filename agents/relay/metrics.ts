import { Counter, Gauge, Registry } from "prom-client";

/** What a relay counts, for Prometheus. */
export type RelayMetrics = ReturnType<typeof createRelayMetrics>;

/** @param headAge read when the metrics are asked for, seconds */
export function createRelayMetrics(headAge: () => number) {
  const registry = new Registry();
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
  ): Counter<Label> =>
    new Counter({ name: `clearing_relay_${name}`, help, labelNames, registers: [registry] });
  const age: Gauge = new Gauge({
    name: "clearing_relay_head_age_seconds",
    help: "Seconds since a node last answered with the head",
    registers: [registry],
    collect: () => age.set(headAge()),
  });
  return {
    registry,
    answers: counter("answers_total", "Answers to posted demands, by HTTP status", ["status"]),
    demands: counter("demands_total", "Demands taken, by what became of them", ["outcome"]),
    batches: counter("batches_total", "Batches sent, by how they ended", ["outcome"]),
    spent: counter("gas_spent_ether_total", "Spent on gas, native token", []),
    waiting: new Gauge({
      name: "clearing_relay_demands_waiting",
      help: "Demands that wait for their batch",
      registers: [registry],
    }),
  };
}
