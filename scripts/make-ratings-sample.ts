// Writes markets/data/ratings-sample.data, the project's own ratings in MovieLens' format:
//
//   node scripts/make-ratings-sample.ts
//
// The same every time; a test compares.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { ratingsSample } from "./input/ratings-sample.ts";

const path = fileURLToPath(new URL("../markets/data/ratings-sample.data", import.meta.url));
writeFileSync(path, ratingsSample({ users: 60, items: 200, seed: 1 }));
console.log(`Wrote ${path}`);
