import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { parseCountries } from "../../experiments/beyond/countries.ts";
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
    expect(() => readInputs({ ratings: file, covax: undefined }))
      .to.throw(InputError, "--ratings: given a file with md5 ")
      .with.property("message")
      .that.contains("6e47046882bad158b0efbb84cd5cb987");
  });

  it("are refused with the name of a file that is not there", () => {
    const file = join(folder, "missing.data");
    expect(() => readInputs({ ratings: file, covax: undefined })).to.throw(
      InputError,
      `${file}: given a path with no file`,
    );
  });
});

describe("the countries of the COVAX case", () => {
  const header = "country,iso3,population,doses";

  it("are read from a file with a header, quotes and all", () => {
    const csv = `${header}\n"Congo, the",COG,5000000,1000\nNauru,NRU,10834,7200\n`;
    expect(parseCountries(csv, "x.csv")).to.deep.equal([
      { name: "Congo, the", code: "COG", population: 5000000, doses: 1000 },
      { name: "Nauru", code: "NRU", population: 10834, doses: 7200 },
    ]);
  });

  it("are refused with the line, the field and what is allowed", () => {
    const refused = (rows: string, message: string, head = header): void => {
      const parse = (): unknown => parseCountries(`${head}\n${rows}`, "x.csv");
      expect(parse).to.throw(InputError, message);
    };
    const nauru = "Nauru,NRU,10834,7200";
    refused(
      nauru,
      'x.csv:1: given "name,doses", allowed country,iso3,population,doses',
      "name,doses",
    );
    refused(nauru, "x.csv: given 1 countries, allowed 2 or more");
    refused(`${nauru}\nTuvalu,TUV,11792`, "x.csv:3: given 3 fields, allowed 4");
    refused(
      `A,AAA,0,1\n${nauru}`,
      'x.csv:2: population: given "0", allowed a whole number above 0',
    );
    refused(`A,AAA,7,1.5\n${nauru}`, 'x.csv:2: doses: given "1.5", allowed a whole number above 0');
    refused(`"A,AAA,7,1\n${nauru}`, "x.csv: given a quote that does not pair");
  });

  it("are refused with the name of a file that is not there", () => {
    expect(() => readInputs({ ratings: undefined, covax: "/no/such.csv" })).to.throw(
      InputError,
      "/no/such.csv: given a path with no file",
    );
  });
});
