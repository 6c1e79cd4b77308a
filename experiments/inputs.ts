import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { InputError } from "../markets/input-error.ts";
import { parseRatings } from "../scripts/input/ratings.ts";
import { readText } from "../markets/read-text.ts";
import type { Inputs } from "./experiment.ts";

/** Where the file is looked for when no flag says where it is. */
const usualPlace = fileURLToPath(new URL("../../shared/data/ml-100k/u.data", import.meta.url));

const official = {
  md5: "6e47046882bad158b0efbb84cd5cb987",
  archive: "https://files.grouplens.org/datasets/movielens/ml-100k.zip",
};

/**
 * The users of MovieLens 100K, if the file is there.
 *
 * @param path as `--ratings` gives it; undefined to look in the usual place
 * @throws InputError if a file was named and is not there, or is not the official one
 */
export function readInputs(path: string | undefined): Inputs {
  if (path === undefined && !existsSync(usualPlace)) {
    return {
      raters:
        "MovieLens 100K is not here, and its terms do not allow us to ship it. " +
        `Download ${official.archive} and give its u.data: npm run paper -- --ratings u.data`,
    };
  }
  const file = path ?? usualPlace;
  const text = readText(file, file, "MovieLens 100K's u.data");
  const md5 = createHash("md5").update(readFileSync(file)).digest("hex");
  if (md5 !== official.md5) {
    throw new InputError(
      `${path === undefined ? file : "--ratings"}: given a file with md5 ${md5}, ` +
        `allowed MovieLens 100K's u.data with md5 ${official.md5} from ${official.archive}`,
    );
  }
  return { raters: parseRatings(text, file) };
}
