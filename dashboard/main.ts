import { connectionBar, followFromAddress } from "./market/connect.ts";
import { routeOf, routes, type Route } from "./routes.ts";

const main = document.querySelector("main")!;
let shown: Route | undefined;
let leave: (() => void) | undefined;

async function showRoute(): Promise<void> {
  // The link that skips to the content leads nowhere else.
  if (location.hash === "#main" && shown !== undefined) return;
  const route = routeOf(location.hash);
  if (route === shown) return;
  const isFirst = shown === undefined;
  shown = route;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${route}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const view = await routes[route].load();
  // Another may have been chosen while this one was loaded.
  if (shown !== route) return;
  leave?.();
  main.replaceChildren();
  main.dataset["view"] = route;
  document.title = `${routes[route].title} · contract-clearing`;
  leave = view(main);
  if (!isFirst) main.focus();
}

document.querySelector("header")?.append(connectionBar());
followFromAddress();
addEventListener("hashchange", () => void showRoute());
void showRoute();
