import { expect } from "chai";

import { readRecorded } from "../../dashboard/views/watch/recorded.ts";
import { formatRounds } from "../../scripts/output/write-outputs.ts";
import { syntheticRun } from "../scripts/output/synthetic-run.ts";

type Run = { rounds: Record<string, unknown>[] } & Record<string, unknown>;

const { run } = syntheticRun({ n: 3, capacity: 6, gamma: 0 });
const text = formatRounds(run);
const read = (text: string) => readRecorded([new File([text], "rounds.json")]);
/** The run, spoilt by somebody. */
const spoilt = (spoil: (run: Run) => void): string => {
  const copy = JSON.parse(text) as Run;
  spoil(copy);
  return JSON.stringify(copy);
};
const complaintOf = (text: string): Promise<string> =>
  read(text).then(
    () => "none",
    (error: unknown) => (error as Error).message,
  );

describe("The file of a recorded run", () => {
  it("is none where it is broken, and the complaint says where", async () => {
    const none = "rounds.json: not a recorded run; open the rounds.json that npm start writes";
    for (const broken of ["", "{", "<html>", "\u0000"])
      expect(await complaintOf(broken)).to.equal(`${none}.`);
    const cases: [broken: string, where: string][] = [
      ["[]", "Invalid input: expected object, received array"],
      [spoilt((run) => (run.rounds = [])), "rounds: Too small: expected array to have >=1 items"],
      [spoilt((run) => (run.rounds[0]!["price"] = -1)), "rounds.0.price: Too small"],
      [spoilt((run) => (run.rounds[1]!["demands"] = [1])), "rounds.1.demands: there are 1, of 3"],
      [spoilt((run) => (run.rounds[1]!["gini"] = 2)), "rounds.1.gini: Too big"],
      [spoilt((run) => (run.rounds[1]!["epoch"] = 9)), "rounds.1.epoch: given 9 after 0"],
      [spoilt((run) => run.rounds.reverse()), "rounds.1.round: given"],
    ];
    for (const [broken, where] of cases)
      expect(await complaintOf(broken), where).to.include(`${none} (${where}`);
  });

  it("names market and agents in what fits on a line", async () => {
    const recorded = await read(
      spoilt((run) => {
        run["market"] = "W".repeat(10_000);
        run["agents"] = ["\u202eevil", "<b>", ""];
      }),
    );
    expect(recorded.run.market).to.have.length(60);
    expect(recorded.run.agents).to.deep.equal(["evil", "<b>", "–"]);
  });

  it("may lack rounds, and no other", async () => {
    const gap = spoilt((run) => run.rounds.splice(1, 1));
    expect((await read(gap)).run.rounds).to.have.length(run.rounds.length - 1);
  });
});
