/** A view: draws itself into an element until what it returns is called. */
export type View = (root: HTMLElement) => () => void;
