import type { LogLevel } from "../../../agents/program/log.ts";
import { createMetrics, type Metrics } from "../../../agents/program/metrics.ts";
import { operate, type Operation, type Standing } from "../../../agents/program/operate.ts";
import { send } from "../../../agents/send.ts";
import { twinFleet, type TwinFleet } from "../twin-fleet.ts";

/** Milliseconds: what a mistake makes endless ends here, well before mocha's own limit tells less. */
const LIMIT = 3_000;

/** What was logged: level and event, and what about. */
export type Told = [what: string, about: Record<string, unknown> | undefined];

/** A fleet that `operate` runs on a twin, every error and every moment the test's to choose. */
export type TwinOperation = Omit<TwinFleet, "told"> & {
  /** How it is run. The keeper keeps, without a pause. */
  operation: Operation;
  standing: Standing;
  metrics: Metrics;
  /** All that was logged. */
  told: Told[];
  /** What `onReceipt` was told. */
  kinds: TwinFleet["told"];
  /** What the next look shows. */
  head: { number: number; timestamp: bigint; lineage: number };
  /** Called at each look. */
  onLook: () => void | Promise<void>;
  /** Called with each transaction before it is sent. */
  meet: (who: string, method: string, args: unknown[]) => void | Promise<void>;
  /** Every try to send, and every transaction that the market took: who and what, in order. */
  tries: string[];
  sent: () => string[];
  /** Attempts by kind and outcome. */
  outcomes: () => Promise<Record<string, number>>;
  value: (name: "answered" | "budgetSpent" | "resting") => Promise<number>;
  /** Resolves at its end. */
  start: () => Promise<void>;
  /** Resolves at the first look at which it is so. */
  until: (isSo: () => boolean) => Promise<void>;
  /** Resolves when it has looked that many times more: what it should not do, it would have begun by then. */
  looks: (more?: number) => Promise<void>;
  stop: () => void;
  leave: () => void;
};

type Make = {
  (...args: Parameters<typeof twinFleet>): Promise<TwinOperation>;
  /** The machine's steady clock, milliseconds: it stands still but for what a test moves it. */
  clock: { now: number };
};

/** To be called in a `describe`: what its tests make ends with each of them, and the steady clock is theirs. */
export function operations(): Make {
  const ends: (() => void)[] = [];
  const clock = { now: 0 };
  const { performance } = globalThis;
  beforeEach(() => {
    clock.now = 1_000;
    performance.now = () => clock.now;
  });
  afterEach(() => {
    // The clock's own method is the prototype's.
    Reflect.deleteProperty(performance, "now");
    for (const end of ends.splice(0)) end();
  });

  const make = async (...args: Parameters<typeof twinFleet>): Promise<TwinOperation> => {
    const fleet = await twinFleet(...args);
    const names = new Map(fleet.members.map(({ bot, wallet }) => [wallet.address, bot.agent.id]));
    names.set(fleet.keeper.address, "keeper");
    const nameOf = (address: string): string => names.get(address)!;
    const told: Told[] = [];
    const at =
      (level: LogLevel) =>
      (event: string, about?: Record<string, unknown>): void =>
        void told.push([`${level}: ${event}`, about]);
    const metrics = createMetrics({
      headAge: () => 0,
      budgetLeft: () => undefined,
      onTheirWay: () => 0,
    });
    const [stopping, leaving] = [new AbortController(), new AbortController()];
    const waiting = new Set<{ isSo: () => boolean; resolve: (nothing: undefined) => void }>();
    const notice = (): void => {
      for (const one of waiting) {
        if (!one.isSo()) continue;
        waiting.delete(one);
        one.resolve(undefined);
      }
    };
    let isDead = false;
    let looked = 0;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const fail = (why: string): void => {
      const last = told.slice(-5).map(([what, about]) => `${what} ${String(about?.["error"])}`);
      failed.reject(new Error(`${why}; the last of ${looked} looks, ${last.join(", ")}`));
    };
    const end = (): void => {
      isDead = true;
      stopping.abort();
      leaving.abort();
    };
    ends.push(end);

    const twin: TwinOperation = {
      ...fleet,
      told,
      kinds: fleet.told,
      metrics,
      standing: { epoch: 0n, round: 0n, isOpen: false, answered: 0, spent: null },
      head: { number: 17, timestamp: 0n, lineage: 0 },
      onLook: () => undefined,
      meet: () => undefined,
      tries: [],
      sent: () =>
        fleet.chain.taken
          .filter(({ succeeded }) => succeeded)
          .map(({ from, method }) => `${nameOf(from)} ${method}`),
      outcomes: async () => {
        const { values } = await metrics.outcomes.get();
        return Object.fromEntries(
          values.map(({ labels, value }) => [`${labels.kind} ${labels.outcome}`, value]),
        );
      },
      value: async (name) => (await metrics[name].get()).values[0]!.value,
      operation: {
        fleet: {
          ...fleet.options,
          deliver: async (contract, wallet, method, given, gasLimit) => {
            const who = nameOf(wallet.address);
            twin.tries.push(`${who} ${method}`);
            await twin.meet(who, method, given);
            return send(contract, wallet, method, given, gasLimit);
          },
        },
        heads: {
          observe: async () => {
            // A loop that nothing ends must not go on beside the tests that follow.
            if (isDead) await new Promise(() => undefined);
            looked++;
            notice();
            await twin.onLook();
            return { hash: "0x11", baseFee: 1n, ...twin.head };
          },
          last: () => undefined,
          age: () => 0,
        },
        chainTime: () => Promise.resolve(fleet.chain.now),
        keeper: true,
        keeperPause: 0,
        polling: 1,
        once: false,
        stopping: stopping.signal,
        leaving: leaving.signal,
        log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
        metrics,
      },
      start: () => {
        const late = setTimeout(() => {
          fail("not at its end in time");
          end();
        }, LIMIT);
        const work = operate(twin.operation, twin.standing);
        const done = Promise.race([work, failed.promise]).finally(() => {
          clearTimeout(late);
          notice();
          fail("it has ended");
        });
        done.catch(() => undefined); // whoever waits for it hears of it
        return done;
      },
      until: async (isSo) => {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        waiting.add({ isSo, resolve });
        await Promise.race([promise, failed.promise]);
      },
      looks: (more = 12) => {
        const enough = looked + more;
        return twin.until(() => looked >= enough);
      },
      stop: () => stopping.abort(),
      leave: () => leaving.abort(),
    };
    return twin;
  };
  return Object.assign(make, { clock });
}
