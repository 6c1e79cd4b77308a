// What the kernel exports.
export { answer, answerNear } from "./answer";
export { sample, sweep } from "./sweep";
