/** What one runner reports: counts, and the skipped tests by name. */
export type TestSummary = { passed: number; failed: number; skipped: string[] };
