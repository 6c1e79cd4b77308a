import { counted } from "../../../scripts/output/format.ts";
import { element, setText } from "../../dom.ts";

/** A column: its heading, what stands in it, and what that is short for. */
export type Column<Row> = {
  head: string;
  text?: boolean;
  cell: (row: Row) => string;
  whole?: (row: Row) => string;
};

/** A table that shows its first rows, and all of them when it is asked to. */
export type Table<Row> = {
  root: HTMLElement;
  show: (rows: readonly Row[], columns: Column<Row>[]) => void;
};

const SHOWN = 10;

/** @param noun what a row is */
export function createTable<Row>(title: string, noun: string): Table<Row> {
  const size = element("span", { class: "soft" });
  const table = element("table");
  const more = element("button", { type: "button", class: "more" });
  const root = element(
    "details",
    { class: "card rows", open: true },
    element("summary", {}, element("h2", {}, title), " ", size),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, table),
    more,
  );
  let all = false;
  let drawn: { rows: readonly Row[]; columns: Column<Row>[] } = { rows: [], columns: [] };
  const draw = (): void => {
    const { rows, columns } = drawn;
    const shown = all ? rows : rows.slice(0, SHOWN);
    const side = (text = false): { class?: string } => (text ? { class: "text" } : {});
    const cells = (row: Row): HTMLElement =>
      element(
        "tr",
        {},
        ...columns.map(({ cell, text, whole }) =>
          element("td", { ...side(text), title: whole?.(row) }, cell(row)),
        ),
      );
    table.replaceChildren(
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...columns.map(({ head, text }) => element("th", { scope: "col", ...side(text) }, head)),
        ),
      ),
      element("tbody", {}, ...shown.map((row) => cells(row))),
    );
    more.hidden = rows.length <= SHOWN;
    setText(more, all ? `Show the first ${SHOWN}` : `Show all ${counted(rows.length, noun)}`);
    setText(size, counted(rows.length, noun));
  };
  more.addEventListener("click", () => {
    all = !all;
    draw();
  });
  return {
    root,
    show: (rows, columns) => {
      drawn = { rows, columns };
      draw();
    },
  };
}
