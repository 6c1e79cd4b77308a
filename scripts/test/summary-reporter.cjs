// Mocha's own `spec` reporter, which also writes what happened to the file named by TEST_SUMMARY:
// how `run-tests.ts` learns it without reading text meant for people. Without TEST_SUMMARY it is
// `spec` and nothing else. CommonJS because Mocha loads a reporter with `require`.

const { writeFileSync } = require("node:fs");

const Mocha = require("mocha");

module.exports = class SummaryReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env["TEST_SUMMARY"];
    if (file === undefined) return;

    /** @type {import("./test-summary.ts").TestSummary} */
    const summary = { passed: 0, failures: [], skipped: [] };
    runner.on("pass", () => (summary.passed += 1));
    // Also a failing hook: the cases it keeps from running are reported by nobody.
    runner.on("fail", (test, error) => {
      const reason = String(error?.stack ?? error);
      summary.failures.push({ name: test.fullTitle(), reason });
    });
    runner.on("pending", (test) => summary.skipped.push(test.fullTitle()));
    runner.on("end", () => writeFileSync(file, JSON.stringify(summary)));
  }
};
