export { asksForHelp, givenFlags, meant, meantFlag } from "../../markets/given-flags.ts";
