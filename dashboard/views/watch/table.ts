import { element, setText } from "../../dom.ts";

/** A column: its heading, and what stands in it. */
export type Column<Row> = { head: string; text?: boolean; cell: (row: Row) => string };

/** A table that shows its first rows, and all of them when it is asked to. */
export type Table<Row> = {
  root: HTMLElement;
  show: (rows: readonly Row[], columns: Column<Row>[]) => void;
};

const SHOWN = 10;

/** @param noun what the rows are, in the plural */
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
    const cells = (row: Row, tag: "td"): HTMLElement =>
      element(
        "tr",
        {},
        ...columns.map(({ cell, text }) =>
          element(tag, text === true ? { class: "text" } : {}, cell(row)),
        ),
      );
    table.replaceChildren(
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          ...columns.map(({ head, text }) =>
            element("th", { scope: "col", ...(text === true ? { class: "text" } : {}) }, head),
          ),
        ),
      ),
      element("tbody", {}, ...shown.map((row) => cells(row, "td"))),
    );
    more.hidden = rows.length <= SHOWN;
    setText(more, all ? `Show the first ${SHOWN}` : `Show all ${rows.length} ${noun}`);
    setText(size, `${rows.length} ${noun}`);
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
