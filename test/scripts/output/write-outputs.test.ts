import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "csv-parse/sync";

import {
  folderNameOf,
  formatAllocations,
  OUTPUT_FILES,
  writeOutputs,
} from "../../../scripts/output/write-outputs.ts";
import { syntheticRun } from "./synthetic-run.ts";

describe("writing a run", () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "contract-clearing-outputs-"));
  });

  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  const read = (...path: string[]): string => readFileSync(join(root, ...path), "utf8");

  it("leaves four files that say what the run was", async () => {
    const made = syntheticRun({ n: 20 });
    const folder = await writeOutputs(join(root, "deep", "out"), made);
    expect(folder).to.equal(join(root, "deep", "out", "default"));
    expect(readdirSync(join(root, "deep", "out"))).to.eql(["default"]);
    expect(readdirSync(folder).sort()).to.eql([...OUTPUT_FILES].sort());
    expect(JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"))).to.eql(made.summary);
    expect(JSON.parse(readFileSync(join(folder, "rounds.json"), "utf8"))).to.eql(made.run);
    expect(readFileSync(join(folder, "report.html"), "utf8")).to.match(/^<!doctype html>/);
  });

  it("takes the place of an earlier run and keeps what else is there", async () => {
    await writeOutputs(root, syntheticRun({ n: 20 }));
    writeFileSync(join(root, "default", "notes.txt"), "mine");
    await writeOutputs(root, syntheticRun({ n: 3 }));
    expect((JSON.parse(read("default", "summary.json")) as { n: number }).n).to.equal(3);
    expect(read("default", "notes.txt")).to.equal("mine");
    expect(readdirSync(root)).to.eql(["default"]);
  });

  it("writes nothing if the report cannot be made", async () => {
    await writeOutputs(root, syntheticRun({ n: 20 }));
    const before = read("default", "summary.json");
    const broken = { ...syntheticRun({ n: 3 }), allocations: [null as never] };
    expect(await failureOf(writeOutputs(root, broken))).to.be.an("error");
    expect(read("default", "summary.json")).to.equal(before);
    expect(readdirSync(root)).to.eql(["default"]);
  });

  it("leaves a file alone that has the folder's name", async () => {
    writeFileSync(join(root, "default"), "a file");
    expect(await failureOf(writeOutputs(root, syntheticRun({ n: 3 })))).to.be.an("error");
    expect(read("default")).to.equal("a file");
    expect(readdirSync(root)).to.eql(["default"]);
  });

  it("puts everything back if a step of the exchange fails", async () => {
    const elsewhere = join(root, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "notes.txt"), "mine");
    writeFileSync(join(elsewhere, "summary.json"), "{}");
    // Moved aside, a relative link leads nowhere, so what else is there cannot be taken along.
    symlinkSync("elsewhere", join(root, "default"));
    expect(await failureOf(writeOutputs(root, syntheticRun({ n: 3 })))).to.be.an("error");
    expect(read("default", "notes.txt")).to.equal("mine");
    expect(read("default", "summary.json")).to.equal("{}");
    expect(readdirSync(root).sort()).to.eql(["default", "elsewhere"]);
  });

  it("quotes a table as RFC 4180 has it", () => {
    const { allocations } = syntheticRun({ n: 3 });
    const ids = ['a "b", c', "line\nbreak", " space "];
    const rows = allocations.map((row, index) => ({ ...row, id: ids[index]! }));
    const csv = formatAllocations(rows);
    expect(csv.split("\n")[0]).to.equal(
      "id,address,demand,allocation,charge,payment,deposited,balance",
    );
    expect(csv).to.include('"a ""b"", c",0x');
    expect(parse(csv, { columns: true })).to.eql(rows);
  });

  it("makes a folder's name of any market's name", () => {
    const names = {
      default: "default",
      "../../etc/passwd": "etc-passwd",
      "a b/c\\d:e": "a-b-c-d-e",
      "..": "market",
      "": "market",
      ".hidden": "hidden",
      "Zürich-2.5": "Zürich-2.5",
      CON: "market-CON",
      "nul.txt": "market-nul.txt",
      "trail. ": "trail",
      "a\u0000b": "a-b",
    };
    for (const [name, folder] of Object.entries(names)) {
      expect(folderNameOf(name), name).to.equal(folder);
    }
    expect(folderNameOf("x".repeat(500)).length).to.be.at.most(60);
  });
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}
