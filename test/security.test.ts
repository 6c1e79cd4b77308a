import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

const root = fileURLToPath(new URL("..", import.meta.url));
const document = readFileSync(`${root}/SECURITY.md`, "utf8");
const sources = globSync("test/contracts/*.t.sol", { cwd: root }).map((file) =>
  readFileSync(`${root}/${file}`, "utf8"),
);
const present = new Set(
  sources.flatMap((source) =>
    [...source.matchAll(/function ((?:test|testFuzz|invariant)_\w+)\(/g)].map(([, name]) => name),
  ),
);
const attacks = globSync("test/contracts/Attacks*.t.sol", { cwd: root })
  .map((file) => readFileSync(`${root}/${file}`, "utf8"))
  .flatMap((source) =>
    [...source.matchAll(/function ((?:test|testFuzz)_\w+)\(/g)].map(([, name]) => name),
  );
const named = [...document.matchAll(/`((?:test|testFuzz|invariant)_\w+)`/g)].map(
  ([, name]) => name,
);
const threats = /## Threats\n\n([^#]*)/.exec(document)?.[1] ?? "";

describe("SECURITY.md", () => {
  it("names tests that exist", () => {
    expect(named).not.to.be.empty;
    expect(named.filter((name) => !present.has(name))).to.deep.equal([]);
  });

  it("names every attack that is tested", () => {
    expect(attacks).not.to.be.empty;
    expect(attacks.filter((name) => !named.includes(name))).to.deep.equal([]);
  });

  it("gives every threat a defence, a test and what remains", () => {
    const rows = threats
      .trim()
      .split("\n")
      .slice(2)
      .map((row) => row.split("|").slice(1, -1));
    expect(rows).not.to.be.empty;
    for (const cells of rows) {
      expect(cells, cells[0]).to.have.length(4);
      for (const cell of cells) expect(cell.trim(), cells[0]).not.to.equal("");
      expect(cells[2], cells[0]).to.match(/`test_\w+`/);
    }
  });
});
