// For code that is changed on purpose (scripts/mutate-code.ts): that a case fails is enough, and to look for the
// smallest that does takes longer than all tests.
import fc from "fast-check";

fc.configureGlobal({ endOnFailure: true });
