import { element, setText } from "../../dom.ts";
import { marketFilesOf, type TextFile } from "../../try/market-file.ts";
import type { Setting } from "../../try/setting.ts";

/** The setting as files to save, and the command that clears such a market on a chain. */
export function deployPart(settingOf: () => Setting): { root: HTMLElement; show: () => void } {
  const command = element("code", {});
  const complaint = element("p", { class: "complaint", role: "alert" });
  const withAgents = element(
    "p",
    { class: "soft" },
    "These agents are not the paper's: save both files, in one folder.",
  );
  const market = element("button", { class: "main", type: "button" });
  const agents = element("button", { type: "button" });
  const save = (choose: "market" | "agents"): void => {
    try {
      const file = marketFilesOf(settingOf())[choose];
      setText(complaint, "");
      if (file !== null) download(file);
    } catch (error) {
      setText(complaint, (error as Error).message);
    }
  };
  market.addEventListener("click", () => save("market"));
  agents.addEventListener("click", () => save("agents"));
  return {
    root: element(
      "section",
      { class: "card deploy" },
      element("h2", {}, "Deploy this"),
      element(
        "p",
        { class: "soft" },
        "A market file says it all. With it, in this repository's folder:",
      ),
      element("pre", {}, command),
      withAgents,
      element("p", { class: "buttons" }, market, agents),
      complaint,
    ),
    show: () => {
      const files = marketFilesOf(settingOf());
      setText(command, files.command);
      setText(market, `Save ${files.market.name}`);
      setText(agents, `Save ${files.agents?.name ?? ""}`);
      withAgents.hidden = files.agents === null;
      agents.hidden = files.agents === null;
    },
  };
}

function download({ name, text }: TextFile): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  element("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
