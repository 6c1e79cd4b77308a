import type { View } from "./views/view.ts";

/** The views by the hash that leads to them; each is loaded when it is first shown. */
export const routes = {
  watch: { title: "Watch", load: async () => (await import("./views/watch/watch.ts")).showWatch },
  join: { title: "Join", load: async () => (await import("./views/join/join.ts")).showJoin },
  try: { title: "Try", load: async () => (await import("./views/try/try.ts")).showTry },
} as const satisfies Record<string, { title: string; load: () => Promise<View> }>;

export type Route = keyof typeof routes;

/** @param hash as in `location.hash`, its route before a `?`; what leads nowhere leads to Watch */
export function routeOf(hash: string): Route {
  const name = /^#?([^?]*)/.exec(hash)![1]!;
  return Object.hasOwn(routes, name) ? (name as Route) : "watch";
}
