// Writes the table of fields in markets/README.md from markets/fields.ts:
//
//   node scripts/make-market-table.ts
//
// A test fails when the two differ.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { fieldTable } from "../markets/fields.ts";

const path = fileURLToPath(new URL("../markets/README.md", import.meta.url));
const text = readFileSync(path, "utf8");
const between = /(<!-- fields -->\n)[^]*(<!-- \/fields -->)/;
if (!between.test(text)) throw new Error(`${path} has lost the marks of its table of fields`);
writeFileSync(
  path,
  text.replace(between, (_, open, close) => `${open}${fieldTable()}\n${close}`),
);
