/** Where progress is shown, and by which clock: replaced in tests. */
export type ProgressOutput = {
  isTerminal: boolean;
  write: (text: string) => void;
  /** In milliseconds. */
  now: () => number;
};

/** What is under way: how far it is and how long it will take. */
export type Progress = {
  begin: (name: string, replications: number, weight: number) => void;
  add: (replications: number, isStored: boolean) => void;
  end: (note: string) => void;
};

const stderr: ProgressOutput = {
  isTerminal: process.stderr.isTTY,
  write: (text) => void process.stderr.write(text),
  now: () => performance.now(),
};

/**
 * Progress on a line of its own in a terminal; elsewhere a line for each result.
 *
 * @param total Σ replications × weight of all that is to come
 */
export function createProgress(total: number, output: ProgressOutput = stderr): Progress {
  let name = "";
  let of = 0;
  let weight = 1;
  let done = 0;
  let left = total;
  // What was computed now tells the speed; what was found on disk does not.
  let computed = 0;
  const start = output.now();
  let shown = -Infinity;

  const show = (): void => {
    if (!output.isTerminal || output.now() - shown < 100) return;
    shown = output.now();
    const elapsed = output.now() - start;
    const time = computed > 0 ? `, ${duration((elapsed / computed) * left)} left` : "";
    output.write(
      `\r\x1b[2K${name} ${done}/${of}, ${percent((total - left) / total)} of all${time}`,
    );
  };
  return {
    begin: (next, replications, each) => {
      [name, of, weight, done] = [next, replications, each, 0];
      show();
    },
    add: (replications, isStored) => {
      done += replications;
      left -= replications * weight;
      // Found all at once at the beginning, and the next may be a minute away.
      if (isStored) shown = -Infinity;
      else computed += replications * weight;
      show();
    },
    end: (note) => {
      left -= (of - done) * weight;
      output.write(`${output.isTerminal ? "\r\x1b[2K" : ""}${name.padEnd(8)} ${note}\n`);
    },
  };
}

/** `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function percent(share: number): string {
  return `${Math.floor(100 * Math.min(1, Math.max(0, share)))} %`;
}
