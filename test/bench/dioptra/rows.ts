/** The experiments of a store, the same on every server. */

export interface RowText {
  readonly name: string;
  readonly description: string;
}

/** A row as a server made it. */
export interface Row extends RowText {
  readonly id: number;
}

/** Rows that each search finds, and rows of a page. */
export const PAGE = 10;

const WORD = 'sparrow';

/** So many rows, a multiple of ten: ten of each series, and ten whose text has the word. */
export function rowTexts(count: number): readonly RowText[] {
  const every = count / PAGE;
  return Array.from({ length: count }, (_, at) => ({
    name: `series ${Math.floor(at / PAGE)} part ${at % PAGE}`,
    description:
      at % every === Math.floor(every / 2)
        ? `A row about the ${WORD}, one of ten.`
        : `Row ${at} of a list that is only here to be long.`,
  }));
}

/** Both searches by their text in the language of v1. */
export const searches = (count: number) => ({
  byName: `name:"series ${Math.floor(count / PAGE / 2)} part *"`,
  freeText: WORD,
});

const foundByName = (count: number) => {
  const start = `series ${Math.floor(count / PAGE / 2)} part `;
  return ({ name }: RowText): boolean => name.startsWith(start);
};

/** The ids that a request must answer with, in their order: `rows` are in the order of creation. */
export const expectedIds = (rows: readonly Row[]) => {
  const ids = (some: readonly Row[]) => some.map(({ id }) => id);
  const middle = Math.floor(rows.length / 2);
  return {
    page: ids(rows.slice(middle, middle + PAGE)),
    byName: ids(rows.filter(foundByName(rows.length))),
    freeText: ids(rows.filter(({ description }) => description.includes(WORD))),
  };
};
