import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { jsonErrorOffset } from "../../../markets/json-position.ts";
import { readMarket } from "../../../scripts/input/read-market.ts";
import { check } from "../../mechanism/arbitraries.ts";
import { inFolder, refusalOf } from "./scratch.ts";

const refusal = (text: string): string =>
  inFolder({ "x.json": text }, (folder) => refusalOf(() => readMarket("x.json", folder)));

describe("reading a market file", () => {
  it("takes the path of the agents from the file's own folder", () => {
    const text = '\uFEFF{"capacity": 5, "agents": {"source": "csv", "path": "data/a.csv"}}';
    inFolder({ "x.json": text }, (folder) => {
      mkdirSync(join(folder, "inner"));
      renameSync(join(folder, "x.json"), join(folder, "inner", "x.json"));
      const { agents, name } = readMarket("inner/x.json", folder);
      expect(name).to.equal("x");
      expect(agents).to.deep.equal({ source: "csv", path: join(folder, "inner", "data", "a.csv") });
    });
  });

  it("says in one line what is not a market file", () => {
    inFolder({}, (folder) => {
      expect(refusalOf(() => readMarket("no.json", folder))).to.equal(
        "no.json: given a path with no file, allowed a market file",
      );
      expect(refusalOf(() => readMarket(".", folder))).to.equal(
        ".: given a folder, allowed a market file",
      );
    });
    expect(refusal("[1]")).to.equal(
      "x.json: given [1], allowed a JSON object with the fields of a market",
    );
    expect(refusal("null")).to.match(/^x\.json: given null, allowed a JSON object/);
  });

  it("says where a file stops being JSON", () => {
    expect(refusal('{\n  "capacity": 5,\n  agents: 1\n}')).to.equal(
      'x.json:3:3: given "a", allowed JSON (json.org)',
    );
    expect(refusal('{"capacity": NaN}')).to.equal(
      'x.json:1:14: given "N", allowed JSON (json.org)',
    );
    expect(refusal('{"capacity": 5,}')).to.equal('x.json:1:16: given "}", allowed JSON (json.org)');
    expect(refusal('{"capacity": 5')).to.equal(
      "x.json:1:15: given the end of the file, allowed JSON (json.org)",
    );
    expect(refusal("")).to.match(/^x\.json:1:1: given the end of the file/);
  });

  it("finds an error exactly where JSON.parse finds one", () => {
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", '"', "\\", "0", "x", "\n"))
      .map(([text, at, change]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + change + text.slice(place + 1);
      });
    check(
      damaged,
      (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(jsonErrorOffset(text) === undefined, text).to.equal(valid);
      },
      2000,
    );
  });
});
