import { element, setText } from "../../dom.ts";
import { followedOf, link, type Link } from "../../market/link.ts";
import type { View } from "../view.ts";
import { createBoard } from "./board.ts";
import { createGasReader, recordedGas } from "./gas.ts";
import { liveScene } from "./live-scene.ts";
import { createPlayer } from "./player.ts";

/** A market as it is on its chain, now and in past epochs; or a recorded run, played again. */
export const showWatch: View = (root) => {
  let epoch: number | undefined;
  let reading: number | undefined;
  const notice = element("p", { class: "notice", role: "status" });
  const board = createBoard((chosen) => {
    epoch = chosen;
    draw();
  });
  const gas = createGasReader(() => draw());
  const player = createPlayer(root, () => draw());

  let isPlanned = false;
  const draw = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    requestAnimationFrame(() => {
      isPlanned = false;
      paint();
    });
  };
  const paint = (): void => {
    const recorded = player.scene();
    const now = link.get();
    const followed = followedOf(now);
    setText(notice, recorded === undefined ? noticeOf(now) : "");
    notice.dataset["status"] = now.status;
    board.root.hidden = recorded === undefined && followed === undefined;
    root.classList.toggle("lost", recorded === undefined && now.status === "lost");
    if (recorded !== undefined) board.show(recorded, recordedGas(recorded));
    else if (followed !== undefined) {
      // What was chosen of another market, or before its chain was replaced, means nothing now.
      if (followed.reading !== reading) [epoch, reading] = [undefined, followed.reading];
      const scene = liveScene(followed, epoch);
      // The last epoch is shown whichever that becomes, until an earlier one is chosen.
      if (scene.epoch === scene.epochs.at(-1)) epoch = undefined;
      board.show(scene, gas.of(followed, scene.epoch));
    }
  };

  root.append(notice, player.root, board.root);
  const unfollow = link.follow(draw);
  return () => {
    unfollow();
    player.close();
    board.close();
    root.classList.remove("lost");
  };
};

function noticeOf(now: Link): string {
  switch (now.status) {
    case "idle":
      return "Not connected to a market yet. Name a node and a market's address at the top of the page, or open a recorded run below.";
    case "connecting":
    case "refused":
      return now.note;
    case "lost":
      return `${now.note} What it said last is below; it is asked again until it answers.`;
    case "live":
      return "";
  }
}
