import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  /** Also what screen readers and the column picker say. */
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Right-aligned figures of one width. */
  readonly numeric?: boolean;
  /** Whether a click on its head sorts by it (`onSort`). */
  readonly sortable?: boolean;
  /** In px; 160 when missing. Columns share what is left of the table's width. */
  readonly width?: number;
}

/** In px, of a column that has no width of its own. */
export const WIDTH_PX = 160;
/** Of the boxes that choose rows. */
export const BOX_PX = 40;

export interface Sort {
  readonly by: string;
  readonly descending: boolean;
}

export interface DataTableProps<Row> {
  /** What the table holds, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowId: (row: Row) => string;
  readonly sort?: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
  /** Ids of chosen rows; with `onSelect` each row has a box. */
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
  /** Names a row to screen readers where it can be chosen. */
  readonly rowName?: (row: Row) => string;
  /** Called when the last rows come into view: time to fetch more. */
  readonly onEnd?: (() => void) | undefined;
  /** What stands below the last row: "loading more", or how many there are. */
  readonly footer?: ReactNode;
  /** With a height (CSS) it scrolls by itself, and only the rows in view are in the document. */
  readonly height?: string;
  /** Ids of columns that are not shown. */
  readonly hidden?: ReadonlySet<string>;
}

export type PartProps<Row extends object> = DataTableProps<Row> & {
  /** The columns that are not hidden. */
  readonly shown: readonly Column<Row>[];
};
