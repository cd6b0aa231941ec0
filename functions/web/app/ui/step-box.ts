/** Sizes in px of a step's box and between boxes; apart from the layout, which is loaded late. */
export const BOX = { width: 190, height: 52, across: 28, down: 44, edge: 10 } as const;
