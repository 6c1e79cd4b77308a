/** What an element is made with: attributes as in HTML, and `on…` listeners. */
export type Attributes = Record<
  string,
  string | number | boolean | ((event: Event) => void) | undefined
>;

/** What stands inside an element; what is undefined is left out. */
export type Content = Node | string | undefined;

/**
 * An element. Text goes in as text, never as HTML.
 *
 * @param attributes a `true` one stands without a value; what is false or undefined is left out
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name.slice("on".length), value);
    else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...content.filter((part) => part !== undefined));
  return made;
}

/** A figure in a list of tiles: what it is, how much, and what there is to say of it. */
export const tile = (title: string, value: string, note: string): HTMLElement =>
  element("div", {}, element("dt", {}, title), element("dd", {}, value), element("dd", {}, note));

/** An address or a hash without its middle, which nobody reads. */
export const short = (hex: string): string => `${hex.slice(0, 8)}…${hex.slice(-6)}`;

/** Change an element's text only where it differs, so that a screen reader is not told twice. */
export function setText(of: Element, text: string): void {
  if (of.textContent !== text) of.textContent = text;
}
