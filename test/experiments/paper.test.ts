import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { experiments } from "../../experiments/registry.ts";
import { paperTable4, paperTable5, paperTable6 } from "../../experiments/tables/figures.ts";

const script = fileURLToPath(new URL("../../experiments/paper.ts", import.meta.url));

describe("npm run paper", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "paper-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...argv: string[]): { status: number | null; stderr: string } =>
    spawnSync(
      process.execPath,
      [script, ...(argv.includes("--out") ? [] : ["--out", folder]), ...argv],
      { encoding: "utf8" },
    );

  it("writes every result and a report in which every printed figure is found", () => {
    const { status, stderr } = run("--quick");
    expect(stderr).to.contain("report");
    expect(status).to.equal(0);
    for (const { name } of experiments) {
      JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
      expect(existsSync(join(folder, `${name}.csv`))).to.equal(true);
    }
    const page = readFileSync(join(folder, "index.html"), "utf8");
    for (const { columns, figures } of [paperTable4, paperTable5, paperTable6]) {
      for (const row of Object.values(figures)) {
        for (const { key, decimals } of columns) {
          const { mean, sd } = row[key]!;
          const printed = sd === undefined ? "" : ` ± ${sd.toFixed(decimals)}`;
          expect(page).to.contain(`<td>${mean.toFixed(decimals)}${printed}</td>`);
        }
      }
    }
    // Nothing half done is left behind.
    expect(existsSync(join(folder, ".partial"))).to.equal(false);
  });

  it("gives the same files with one thread and with two", () => {
    const files = ["1", "2"].map((workers) => {
      expect(run("--only", "table6", "--replications", "30", "--workers", workers).status).to.equal(
        0,
      );
      return readFileSync(join(folder, "table6.json"), "utf8");
    });
    expect(files[0]).to.equal(files[1]);
  });

  it("says in one line that it cannot write, before it starts", () => {
    const file = join(folder, "taken");
    writeFileSync(file, "");
    const { status, stderr } = run("--out", file);
    expect(status).to.equal(1);
    expect(stderr).to.match(
      /^error: --out: given .*taken, allowed a folder that can be written .*\n$/,
    );
  });

  it("says in one line what it cannot do", () => {
    const { status, stderr } = run("--only", "table5", "--engine", "chain");
    expect(status).to.equal(1);
    expect(stderr).to.equal("error: --engine: given chain for table5, allowed float\n");
  });
});
