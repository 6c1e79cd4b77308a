import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { InputError } from "../markets/input-error.ts";
import { parseRatings } from "../scripts/input/ratings.ts";
import { readText } from "../markets/read-text.ts";
import { parseCountries } from "./beyond/countries.ts";
import type { Inputs } from "./experiment.ts";

/** Where files are looked for when no flag says where they are. */
const usual = {
  ratings: fileURLToPath(new URL("../../shared/data/ml-100k/u.data", import.meta.url)),
  covax: fileURLToPath(new URL("../../shared/data/covax-round1.csv", import.meta.url)),
};

const official = {
  md5: "6e47046882bad158b0efbb84cd5cb987",
  archive: "https://files.grouplens.org/datasets/movielens/ml-100k.zip",
};

/**
 * What experiments read, as far as it is there.
 *
 * @param given paths as `--ratings` and `--covax` give them; undefined to look in the usual places
 * @throws InputError if a file was named and is not there, or is not what it should be
 */
export function readInputs(given: {
  ratings: string | undefined;
  covax: string | undefined;
}): Inputs {
  return { raters: readRaters(given.ratings), countries: readCountries(given.covax) };
}

/** The users of MovieLens 100K, if the file is there. */
function readRaters(path: string | undefined): Inputs["raters"] {
  if (path === undefined && !existsSync(usual.ratings)) {
    return (
      "MovieLens 100K is not here, and its terms do not allow us to ship it. " +
      `Download ${official.archive} and give its u.data: npm run paper -- --ratings u.data`
    );
  }
  const file = path ?? usual.ratings;
  const text = readText(file, file, "MovieLens 100K's u.data");
  const md5 = createHash("md5").update(readFileSync(file)).digest("hex");
  if (md5 !== official.md5) {
    throw new InputError(
      `${path === undefined ? file : "--ratings"}: given a file with md5 ${md5}, ` +
        `allowed MovieLens 100K's u.data with md5 ${official.md5} from ${official.archive}`,
    );
  }
  return parseRatings(text, file);
}

/** The countries of a vaccine round, if the file is there. */
function readCountries(path: string | undefined): Inputs["countries"] {
  if (path === undefined && !existsSync(usual.covax)) {
    return (
      "The first COVAX round is not here. Give a CSV of country, iso3, population and doses: " +
      "npm run paper -- --covax covax-round1.csv"
    );
  }
  const file = path ?? usual.covax;
  return parseCountries(readText(file, file, "a CSV of countries"), file);
}
