import { expect } from "chai";

import { createPool } from "../../../agents/relay/pool.ts";
import type { SignedDemand } from "../../../agents/relay/signed-demand.ts";

const demandOf = (agent: string, round = 0n, demand = 1n): SignedDemand => ({
  agent,
  epoch: 1n,
  round,
  demand,
  signature: "0x",
});
const first = { epoch: 1n, round: 0n };
const second = { epoch: 1n, round: 1n };

describe("The demands that a relay holds", () => {
  it("wait in the order they came, one for each agent", () => {
    const pool = createPool();
    for (const agent of ["b", "a", "b"]) pool.add(demandOf(agent));
    expect(pool.waiting(first).map(({ demand }) => demand.agent)).to.deep.equal(["b", "a"]);
    expect(pool.waiting(second)).to.deep.equal([]);
    expect(pool.waiting({ epoch: 2n, round: 0n })).to.deep.equal([]);
  });

  it("are not replaced in their round", () => {
    const pool = createPool();
    pool.add(demandOf("a"));
    pool.of("a")!.status = "counted";
    pool.add(demandOf("a", 0n, 2n));
    expect(pool.of("a")).to.deep.equal({ demand: demandOf("a"), status: "counted" });
    expect(pool.waiting(first)).to.deep.equal([]);
  });

  it("make room for those of the next round", () => {
    const pool = createPool();
    pool.add(demandOf("a"));
    pool.add(demandOf("b"));
    pool.add(demandOf("a", 1n));
    expect(pool.of("a")).to.deep.equal({ demand: demandOf("a", 1n), status: "waiting" });
    expect(pool.waiting(second).map(({ demand }) => demand.agent)).to.deep.equal(["a"]);
  });

  it("are dropped when their round is over, but for those that were sent", () => {
    const pool = createPool();
    for (const agent of ["a", "b"]) pool.add(demandOf(agent));
    pool.of("b")!.status = "sent";
    expect(pool.dropOthers(first)).to.equal(0);
    expect(pool.dropOthers(second)).to.equal(1);
    expect(pool.of("a")).to.include({ status: "dropped", reason: "its round is over" });
    expect(pool.of("b")!.status).to.equal("sent");
    // A reorganisation may open it again.
    pool.add(demandOf("a"));
    expect(pool.of("a")!.status).to.equal("waiting");
  });
});
