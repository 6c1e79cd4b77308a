import { element, setText } from "../../dom.ts";
import { recordedScene, readRecorded, type Recorded } from "./recorded.ts";
import type { Scene } from "./scene.ts";

/** Opens a recorded run and plays it again, round by round. */
export type Player = {
  root: HTMLElement;
  /** As far as it has been played; undefined while none is open. */
  scene: () => Scene | undefined;
  close: () => void;
};

// Milliseconds a round.
const SPEEDS = { slow: 2_000, normal: 800, fast: 200 } as const;

/**
 * @param target where files may be dropped
 * @param onChange called when there is another scene
 */
export function createPlayer(target: HTMLElement, onChange: () => void): Player {
  let recorded: Recorded | undefined;
  let at = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const input = element("input", {
    type: "file",
    id: "recording",
    accept: ".json,application/json",
    multiple: true,
  });
  const complaint = element("p", { class: "complaint", role: "alert" });
  const play = element("button", { type: "button", class: "main" });
  const slider = element("input", { type: "range", id: "time", min: 0, step: 1 });
  const place = element("output", { for: "time" });
  const speed = element(
    "select",
    { id: "speed" },
    ...Object.keys(SPEEDS).map((name) => element("option", { selected: name === "normal" }, name)),
  );
  const end = element("button", { type: "button" }, "Back to the chain");
  const controls = element(
    "div",
    { class: "controls", role: "group", "aria-label": "Playback" },
    play,
    element("label", { class: "time", for: "time" }, element("span", {}, "Round "), place, slider),
    element("label", { for: "speed" }, "Speed ", speed),
    end,
  );
  const open = element(
    "div",
    { class: "open" },
    element(
      "label",
      { for: "recording" },
      "Replay a recorded run: open its rounds.json, or drop it here (with its summary.json: how it ended, and in which token)",
    ),
    input,
  );
  const root = element(
    "section",
    { class: "player card", "aria-label": "Recorded run" },
    open,
    controls,
    complaint,
  );

  const show = (): void => {
    const rounds = recorded?.run.rounds ?? [];
    controls.hidden = recorded === undefined;
    root.classList.toggle("playing", recorded !== undefined);
    slider.max = String(Math.max(0, rounds.length - 1));
    slider.value = String(at);
    setText(place, `${rounds[at]?.round ?? 0} of ${rounds.at(-1)?.round ?? 0}`);
    setText(
      play,
      timer === undefined ? (at === rounds.length - 1 ? "Play again" : "Play") : "Pause",
    );
    onChange();
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const step = (): void => {
    timer = undefined;
    if (recorded === undefined) return;
    at = Math.min(at + 1, recorded.run.rounds.length - 1);
    if (at < recorded.run.rounds.length - 1) go();
    show();
  };
  const go = (): void => {
    timer = setTimeout(step, SPEEDS[speed.value as keyof typeof SPEEDS]);
  };
  const start = (): void => {
    stop();
    if (recorded !== undefined && at >= recorded.run.rounds.length - 1) at = 0;
    go();
    show();
  };
  const load = async (files: FileList | null | undefined): Promise<void> => {
    if (!files || files.length === 0) return;
    try {
      recorded = await readRecorded([...files]);
      setText(complaint, "");
      at = 0;
      start();
    } catch (error) {
      setText(complaint, (error as Error).message);
    }
  };

  input.addEventListener("change", () => void load(input.files));
  play.addEventListener("click", () => {
    if (timer === undefined) start();
    else {
      stop();
      show();
    }
  });
  slider.addEventListener("input", () => {
    stop();
    at = Number(slider.value);
    show();
  });
  end.addEventListener("click", () => {
    stop();
    recorded = undefined;
    input.value = "";
    show();
    input.focus();
  });
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
  };
  const drop = (event: DragEvent): void => {
    over(event);
    void load(event.dataTransfer?.files);
  };
  target.addEventListener("dragover", over);
  target.addEventListener("drop", drop);
  controls.hidden = true;

  return {
    root,
    scene: () => (recorded === undefined ? undefined : recordedScene(recorded, at)),
    close: () => {
      stop();
      target.removeEventListener("dragover", over);
      target.removeEventListener("drop", drop);
    },
  };
}
