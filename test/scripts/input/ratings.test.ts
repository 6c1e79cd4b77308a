import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { agentsFromRaters, parseRatings, readRatings } from "../../../scripts/input/ratings.ts";
import { ratingsSample } from "../../../scripts/input/ratings-sample.ts";
import { inFolder, refusalOf } from "./scratch.ts";

const rows = (...ratings: [user: number, rating: number][]): string =>
  ratings.map(([user, rating], item) => `${user}\t${item + 1}\t${rating}\t881250949\n`).join("");
const refusal = (data: string): string => refusalOf(() => parseRatings(data, "u.data"));

const shipped = fileURLToPath(
  new URL("../../../markets/data/ratings-sample.data", import.meta.url),
);

describe("a ratings file", () => {
  it("gives each user's mean and number of ratings, by ascending user", () => {
    expect(parseRatings(rows([10, 5], [2, 1], [10, 2]), "u.data")).to.deep.equal([
      { user: 2, mean: 1, count: 1 },
      { user: 10, mean: 3.5, count: 2 },
    ]);
  });

  it("may have Windows line ends, a byte order mark and blank lines", () => {
    const text = `\uFEFF${rows([1, 4], [2, 3]).replaceAll("\n", "\r\n\r\n")}`;
    inFolder({ "u.data": text }, (folder) => {
      expect(readRatings(`${folder}/u.data`, "u.data", 2, 1)).to.have.length(2);
    });
  });

  const cases: [row: string, message: string][] = [
    ["1\t2\t6\t0", 'rating: given "6", allowed a whole number from 1 to 5'],
    ["1\t2\t0\t0", 'rating: given "0", allowed a whole number from 1 to 5'],
    ["1\t2\t3.5\t0", 'rating: given "3.5", allowed a whole number from 1 to 5'],
    ["1\t2\tNaN\t0", 'rating: given "NaN", allowed a whole number from 1 to 5'],
    ["user\t2\t3\t0", 'user: given "user", allowed a whole number above 0'],
    ["1\t-2\t3\t0", 'item: given "-2", allowed a whole number above 0'],
    ["1\t2\t3\tx", 'timestamp: given "x", allowed seconds, a whole number from 0'],
    ["1,2,3,4", 'given "1,2,3,4", allowed user, item, rating and timestamp, separated by tabs'],
    ["1\t2\t3", 'given "1\\t2\\t3", allowed user, item, rating and timestamp, separated by tabs'],
  ];
  for (const [row, message] of cases) {
    it(`is refused: ${message}`, () => {
      expect(refusal(`${rows([1, 4])}\n${row}\n`)).to.equal(`u.data:3: ${message}`);
    });
  }

  it("has a rating, and users enough for the sample", () => {
    expect(refusal("\n")).to.equal("u.data: given no ratings, allowed one rating or more");
    inFolder({ "u.data": rows([1, 4], [2, 3]) }, (folder) => {
      expect(refusalOf(() => readRatings(`${folder}/u.data`, "u.data", 3, 1))).to.equal(
        "u.data: given n = 3, allowed n up to 2, the users in the file",
      );
      expect(refusalOf(() => readRatings(`${folder}/no.data`, "no.data", 3, 1))).to.equal(
        "no.data: given a path with no file, allowed a ratings file",
      );
    });
  });
});

describe("agents from ratings", () => {
  const raters = [
    { user: 1, mean: 2, count: 10 },
    { user: 2, mean: 4, count: 30 },
    { user: 3, mean: 2.5, count: 20 },
  ];

  it("map means to alpha 5 to 20 and numbers to beta 0.5 to 5, linearly", () => {
    expect(agentsFromRaters(raters, 3, 1)).to.deep.equal(
      [
        [1, 5, 0.5],
        [2, 20, 5],
        [3, 8.75, 2.75],
      ].map(([user = 0, alpha, beta]) => ({
        id: `user-${user}`,
        valuation: { family: "log", alpha },
        cost: { family: "linear", beta },
      })),
    );
  });

  it("are the same in every sample: the map is over all users", () => {
    const all = agentsFromRaters(raters, 3, 1);
    for (let seed = 0; seed < 20; seed++) {
      expect(all).to.deep.include(agentsFromRaters(raters, 1, seed)[0]);
    }
  });

  it("are in the middle where all users are equal", () => {
    const equal = raters.map(({ user }) => ({ user, mean: 3, count: 7 }));
    for (const { valuation, cost } of agentsFromRaters(equal, 3, 1)) {
      expect(valuation).to.deep.equal({ family: "log", alpha: 12.5 });
      expect(cost).to.deep.equal({ family: "linear", beta: 2.75 });
    }
  });

  it("are drawn by the seed alone, without replacement, whatever the order of the rows", () => {
    const data = readFileSync(shipped, "utf8");
    const sample = (text: string, seed: number): string[] =>
      agentsFromRaters(parseRatings(text, "u.data"), 15, seed).map(({ id }) => id);
    const ids = sample(data, 1);
    expect(new Set(ids).size).to.equal(15);
    expect(sample(data.split("\n").reverse().join("\n"), 1)).to.deep.equal(ids);
    expect(sample(data, 2)).to.not.deep.equal(ids);
  });

  it("take every user about as often", () => {
    const many = Array.from({ length: 10 }, (_, user) => ({ user: user + 1, mean: 3, count: 1 }));
    const taken = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      for (const { id } of agentsFromRaters(many, 3, seed)) taken.set(id, (taken.get(id) ?? 0) + 1);
    }
    // 600 each; five standard deviations are 102.
    for (const times of taken.values()) expect(times).to.be.within(498, 702);
    expect(taken.size).to.equal(10);
  });
});

describe("the project's own ratings", () => {
  it("are what the generator writes", () => {
    // To update them: node scripts/make-ratings-sample.ts
    const text = readFileSync(shipped, "utf8");
    expect(text === ratingsSample({ users: 60, items: 200, seed: 1 })).to.equal(true);
    const raters = parseRatings(text, "ratings-sample.data");
    expect(raters).to.have.length(60);
    expect(Math.min(...raters.map(({ count }) => count))).to.be.at.least(5);
    expect(Math.max(...raters.map(({ count }) => count))).to.be.at.most(200);
  });

  it("hold no item twice for a user", () => {
    const pairs = readFileSync(shipped, "utf8")
      .trim()
      .split("\n")
      .map((row) => row.split("\t").slice(0, 2).join());
    expect(new Set(pairs).size).to.equal(pairs.length);
  });
});

const beside = fileURLToPath(new URL("../../../../shared/data/ml-100k/u.data", import.meta.url));
const movieLens = process.env["MOVIELENS_PATH"] ?? beside;
const missing = existsSync(movieLens)
  ? ""
  : " (skipped: MOVIELENS_PATH names no file and ../shared/data/ml-100k/u.data is not there)";

describe(`MovieLens 100K${missing}`, () => {
  before(function () {
    if (missing !== "") this.skip();
  });

  it("has 943 users, whose agents fill the paper's ranges", () => {
    const agents = readRatings(movieLens, "u.data", 943, 1);
    const alphas = agents.map(({ valuation }) => valuation.alpha);
    const betas = agents.map(({ cost }) => cost.beta);
    expect(Math.min(...alphas)).to.equal(5);
    expect(Math.max(...alphas)).to.equal(20);
    expect(Math.min(...betas)).to.equal(0.5);
    expect(Math.max(...betas)).to.equal(5);
    // User 181 has the lowest mean, 1.49195 over 435 ratings.
    const user = agents.find(({ id }) => id === "user-181");
    expect(user?.valuation.alpha).to.equal(5);
    expect(user?.cost.beta).to.be.closeTo(0.5 + (4.5 * (435 - 20)) / (737 - 20), 1e-12);
  });

  it("gives the same 50 users for the same seed", () => {
    const agents = readRatings(movieLens, "u.data", 50, 7);
    expect(agents).to.have.length(50);
    expect(readRatings(movieLens, "u.data", 50, 7)).to.deep.equal(agents);
    expect(readRatings(movieLens, "u.data", 50, 8)).to.not.deep.equal(agents);
  });
});
