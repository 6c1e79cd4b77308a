import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import { expect } from "chai";

import { FALSEHOODS } from "../../proofs/falsehoods.ts";
import type { Finding } from "../../proofs/prover.ts";
import { createScript } from "../../proofs/symbolic.ts";
import { isSlow, THEOREMS } from "../../proofs/theorems.ts";

describe("The theorems", function () {
  this.timeout(600_000);

  const findings = new Map<string, Finding>();
  before(async () => {
    // z3 runs in threads of its own that outlive it: better in a process that ends.
    const child = spawn(process.execPath, ["proofs/prove.ts", "--fast", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for (const line of (await text(child.stdout)).trim().split("\n")) {
      const finding = JSON.parse(line) as Finding;
      findings.set(finding.name, finding);
    }
  });

  for (const { name } of THEOREMS.filter((theorem) => !isSlow(theorem))) {
    it(`proves ${name}`, () => {
      expect(findings.get(name)).to.include({ status: "proved" });
    });
  }
  for (const { name } of FALSEHOODS.filter((falsehood) => !isSlow(falsehood))) {
    it(`refutes: ${name}`, () => {
      expect(findings.get(name)).to.include({ status: "refuted" });
    });
  }
});

describe("The model's lines", () => {
  const lines = new Set<string>();
  for (const theorem of THEOREMS) {
    const script = createScript();
    theorem.prove(script);
    for (const line of script.lines) lines.add(line);
  }

  it("are many", () => {
    expect(lines.size).to.be.at.least(80);
  });
  for (const line of lines) {
    it(`has ${line}`, () => {
      const [scope = "", expression = ""] = line.split(/: (.*)/s);
      const [library = "", name = ""] = scope.split(".");
      expect(bodyOf(library, name)).to.include(withoutSpace(expression));
    });
  }
});

/** The text of a Solidity function, from its name to the next function, without white space. */
function bodyOf(library: string, name: string): string {
  const folder = library === "ClearingContract" ? "contracts" : "contracts/libraries";
  const source = readFileSync(`${folder}/${library}.sol`, "utf8");
  const start = source.indexOf(`function ${name}(`);
  if (start < 0) throw new Error(`${library}.sol has no function ${name}`);
  const end = source.indexOf("\n    function ", start + 1);
  return withoutSpace(source.slice(start, end < 0 ? undefined : end));
}

function withoutSpace(given: string): string {
  return given.replaceAll(/\s/g, "");
}
