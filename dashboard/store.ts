/** A value that others want to hear of. */
export type Store<Value> = {
  get: () => Value;
  set: (value: Value) => void;
  /**
   * Called at once and after every change.
   *
   * @returns what ends it
   */
  follow: (listener: (value: Value) => void) => () => void;
};

export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<(value: Value) => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const listener of listeners) listener(next);
    },
    follow: (listener) => {
      listeners.add(listener);
      listener(value);
      return () => void listeners.delete(listener);
    },
  };
}
