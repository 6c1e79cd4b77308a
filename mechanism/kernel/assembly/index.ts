// What the kernel exports.
export { sweep } from "./sweep";
