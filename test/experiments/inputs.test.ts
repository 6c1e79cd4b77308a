import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readInputs } from "../../experiments/inputs.ts";
import { InputError } from "../../markets/input-error.ts";

describe("the ratings that Tables 7 and 8 need", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ratings-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are the official file or none: another is refused by its md5", () => {
    const file = join(folder, "u.data");
    writeFileSync(file, "1\t1\t3\t0\n");
    expect(() => readInputs(file))
      .to.throw(InputError, "--ratings: given a file with md5 ")
      .with.property("message")
      .that.contains("6e47046882bad158b0efbb84cd5cb987");
  });

  it("are refused with the name of a file that is not there", () => {
    const file = join(folder, "missing.data");
    expect(() => readInputs(file)).to.throw(InputError, `${file}: given a path with no file`);
  });
});
