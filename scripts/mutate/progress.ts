import type { Verdict } from "./worker.ts";

/** Says how far a run is: in place on a terminal, a line now and then elsewhere. */
export function startProgress(of: number): (verdict: Verdict) => void {
  const began = performance.now();
  const step = process.stdout.isTTY ? 1 : Math.max(1, Math.ceil(of / 20));
  let done = 0;
  let survived = 0;
  return ({ status }) => {
    done++;
    if (status === "survived") survived++;
    if (done % step !== 0 && done !== of) return;
    const left = ((performance.now() - began) / done) * (of - done);
    const line = `${done} of ${of} mutants, ${survived} survive, ${minutes(left)} left`;
    if (!process.stdout.isTTY) console.log(line);
    else process.stdout.write(`\r${line.padEnd(70)}${done === of ? "\n" : ""}`);
  };
}

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
