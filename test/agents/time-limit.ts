// A change that makes a program wait for ever must not cost a mutation run all the time that a test may take.
if (process.env["STRYKER_MUTATOR_WORKER"] !== undefined) {
  beforeEach(function () {
    this.currentTest?.timeout(5_000);
  });
}
