// What the kernel exports.
export { answer, answerNear } from "./answer";
export { sweep } from "./sweep";
