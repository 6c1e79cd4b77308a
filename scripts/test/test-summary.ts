/** What one runner reports: counts, the failed tests with their reasons, and the skipped ones by name. */
export type TestSummary = {
  passed: number;
  failures: { name: string; reason: string }[];
  skipped: string[];
};
