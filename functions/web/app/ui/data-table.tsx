import {
  columnVisibilityFeature,
  rowSelectionFeature,
  type Table,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import './data-table.css';

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

const features = tableFeatures({ columnVisibilityFeature, rowSelectionFeature });
const ROW_PX = 34;
const WIDTH_PX = 160;

type Model<Row extends object> = Table<typeof features, Row>;

/** TanStack's model of what is shown: columns that are not hidden, rows by their id, what is chosen. */
function useModel<Row extends object>(props: DataTableProps<Row>): Model<Row> {
  const { columns, rows, rowId, hidden, selected, onSelect } = props;
  const definitions = useMemo(
    () => columns.map(({ id, title }) => ({ id, header: title })),
    [columns],
  );
  const columnVisibility = useMemo(
    () => Object.fromEntries([...(hidden ?? [])].map((id) => [id, false])),
    [hidden],
  );
  const rowSelection = useMemo(
    () => Object.fromEntries([...(selected ?? [])].map((id) => [id, true as const])),
    [selected],
  );
  return useTable({
    features,
    columns: definitions,
    data: rows as Row[],
    getRowId: rowId,
    enableRowSelection: onSelect !== undefined,
    state: { columnVisibility, rowSelection },
    onRowSelectionChange: (change) => {
      const next = typeof change === 'function' ? change(rowSelection) : change;
      onSelect?.(new Set(Object.keys(next).filter((id) => next[id] === true)));
    },
  });
}

/** A table of rows that come page by page: sorted elsewhere, chosen here, and quick however many there are. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, columns, rows, height, footer, onSelect } = props;
  const model = useModel(props);
  // State and no ref: the rows within are made before it is there, and once more when it is.
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const shown = useMemo(
    () => columns.filter(({ id }) => props.hidden?.has(id) !== true),
    [columns, props.hidden],
  );
  const width = shown.reduce((sum, column) => sum + (column.width ?? WIDTH_PX), 0);
  return (
    <section
      ref={setScroller}
      className="data-table"
      style={height === undefined ? undefined : { maxHeight: height }}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
    >
      <table style={{ minWidth: `${width + (onSelect === undefined ? 0 : 40)}px` }}>
        <caption className="visually-hidden">{label}</caption>
        <colgroup>
          {onSelect !== undefined && <col style={{ width: '40px' }} />}
          {shown.map(({ id, width: px = WIDTH_PX }) => (
            <col key={id} style={{ width: `${px}px` }} />
          ))}
        </colgroup>
        <Head {...props} model={model} shown={shown} />
        {height === undefined ? (
          <AllRows {...props} model={model} shown={shown} />
        ) : (
          <RowsInView {...props} model={model} shown={shown} scroller={scroller} />
        )}
      </table>
      {(footer !== undefined || rows.length === 0) && (
        <div className="data-table-footer">{footer ?? 'Nothing here.'}</div>
      )}
    </section>
  );
}

type PartProps<Row extends object> = DataTableProps<Row> & {
  readonly model: Model<Row>;
  readonly shown: readonly Column<Row>[];
};

function Head<Row extends object>({ model, shown, sort, onSort, onSelect }: PartProps<Row>) {
  return (
    <thead>
      <tr>
        {onSelect !== undefined && (
          <th scope="col">
            <input
              type="checkbox"
              aria-label="All rows that are loaded"
              checked={model.getIsAllRowsSelected()}
              onChange={model.getToggleAllRowsSelectedHandler()}
            />
          </th>
        )}
        {shown.map((column) => (
          <HeadCell
            key={column.id}
            column={column}
            {...(sort?.by === column.id && { descending: sort.descending })}
            {...(onSort !== undefined && { onSort })}
          />
        ))}
      </tr>
    </thead>
  );
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  /** Where the table is sorted by it. */
  readonly descending?: boolean;
  readonly onSort?: (sort: Sort) => void;
}

function HeadCell<Row>({ column, descending, onSort }: HeadCellProps<Row>) {
  const { id, title, numeric, sortable } = column;
  const className = numeric === true ? 'number' : undefined;
  if (sortable !== true || onSort === undefined) {
    return (
      <th scope="col" className={className} title={title}>
        {title}
      </th>
    );
  }
  const order = descending === undefined ? 'none' : descending ? 'descending' : 'ascending';
  return (
    <th scope="col" className={className} aria-sort={order} title={title}>
      <button type="button" onClick={() => onSort({ by: id, descending: descending === false })}>
        {title}
        <span aria-hidden="true">{{ none: '', descending: ' ↓', ascending: ' ↑' }[order]}</span>
      </button>
    </th>
  );
}

interface BodyRowProps<Row> {
  readonly row: Row;
  readonly id: string;
  readonly columns: readonly Column<Row>[];
  /** Where the row stands in the whole table, if only some of its rows are in the document. */
  readonly rowIndex?: number;
  /** Nothing where rows cannot be chosen. */
  readonly selected: boolean | undefined;
  readonly name: string;
  readonly onToggle: (id: string, selected: boolean) => void;
}

function PlainRow<Row>(props: BodyRowProps<Row>) {
  const { row, id, columns, rowIndex, selected, name, onToggle } = props;
  return (
    <tr aria-rowindex={rowIndex} aria-selected={selected}>
      {selected !== undefined && (
        <td>
          <input
            type="checkbox"
            aria-label={name}
            checked={selected}
            onChange={({ target }) => onToggle(id, target.checked)}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} className={column.numeric === true ? 'number' : undefined}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** Drawn anew only for what is new in it: while one scrolls, most rows stay as they are. */
const BodyRow = memo(PlainRow) as typeof PlainRow;

/** What the row at an index is drawn from. */
function useBodyRows<Row extends object>({
  model,
  shown,
  onSelect,
  rowId,
  rowName,
}: PartProps<Row>) {
  const latest = useRef(model);
  latest.current = model;
  const onToggle = useCallback(
    (id: string, selected: boolean) => latest.current.getRow(id).toggleSelected(selected),
    [],
  );
  const { rows } = model.getRowModel();
  return (index: number) => {
    const row = rows[index];
    if (row === undefined) return undefined;
    const { original } = row;
    const id = rowId(original);
    return {
      row: original,
      id,
      columns: shown,
      selected: onSelect === undefined ? undefined : row.getIsSelected(),
      name: rowName?.(original) ?? id,
      onToggle,
    };
  };
}

function AllRows<Row extends object>(props: PartProps<Row>) {
  const rowAt = useBodyRows(props);
  return (
    <tbody>
      {props.rows.map((_, index) => {
        const row = rowAt(index);
        return row && <BodyRow key={row.id} {...row} />;
      })}
    </tbody>
  );
}

type InViewProps<Row extends object> = PartProps<Row> & {
  readonly scroller: HTMLElement | null;
};

/** Rows in view between two that are as high as those above and below: the scrollbar is right. */
function RowsInView<Row extends object>({ scroller, ...props }: InViewProps<Row>) {
  const { rows, onEnd, onSelect, shown } = props;
  const rowAt = useBodyRows(props);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - 30) onEnd?.();
  }, [last, rows.length, onEnd]);
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const columns = shown.length + (onSelect === undefined ? 0 : 1);
  return (
    <tbody>
      <Spacer px={above} columns={columns} />
      {items.map(({ index }) => {
        const row = rowAt(index);
        return row && <BodyRow key={row.id} {...row} rowIndex={index + 2} />;
      })}
      <Spacer px={below} columns={columns} />
    </tbody>
  );
}

const Spacer = ({ px, columns }: { px: number; columns: number }) =>
  px <= 0 ? null : (
    <tr className="spacer" style={{ height: `${px}px` }}>
      <td colSpan={columns} />
    </tr>
  );
