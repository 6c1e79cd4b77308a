export { readText } from "../../markets/read-text.ts";
