import { lazy, Suspense, useMemo, useState } from 'react';
import './data-table.css';
import {
  BOX_PX,
  type Column,
  type DataTableProps,
  type PartProps,
  type Sort,
  WIDTH_PX,
} from './data-table-props.ts';
import { AllRows } from './data-table-rows.tsx';
import type { RowsInView as RowsInViewOf } from './rows-in-view.tsx';

export type { Column, DataTableProps, Sort } from './data-table-props.ts';

/** The engine of long tables comes with the first of them: pages without one load sooner. */
const RowsInView = lazy(async () => ({
  default: (await import('./rows-in-view.tsx')).RowsInView,
})) as unknown as typeof RowsInViewOf;

/** A table of rows that come page by page: sorted elsewhere, chosen here, and quick however many there are. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, columns, rows, height, footer, onSelect } = props;
  // State and no ref: the rows within are made before it is there, and once more when it is.
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const shown = useMemo(
    () => columns.filter(({ id }) => props.hidden?.has(id) !== true),
    [columns, props.hidden],
  );
  const width = shown.reduce((sum, column) => sum + (column.width ?? WIDTH_PX), 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: it is no set of fields, and no place of the page to go to
    <div
      role="group"
      ref={setScroller}
      className="data-table"
      style={height === undefined ? undefined : { maxHeight: height }}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
    >
      <table
        style={{ minWidth: `${width + (onSelect === undefined ? 0 : BOX_PX)}px` }}
        // Of those that are loaded, in the document or not, and the head.
        aria-rowcount={height === undefined ? undefined : rows.length + 1}
      >
        <caption className="visually-hidden">{label}</caption>
        <colgroup>
          {onSelect !== undefined && <col style={{ width: `${BOX_PX}px` }} />}
          {shown.map(({ id, width: px = WIDTH_PX }) => (
            <col key={id} style={{ width: `${px}px` }} />
          ))}
        </colgroup>
        <Head {...props} shown={shown} />
        {height === undefined ? (
          <AllRows {...props} shown={shown} />
        ) : (
          <Suspense fallback={<tbody />}>
            <RowsInView {...props} shown={shown} scroller={scroller} />
          </Suspense>
        )}
      </table>
      {(footer !== undefined || rows.length === 0) && (
        <div className="data-table-footer">{footer ?? 'Nothing here.'}</div>
      )}
    </div>
  );
}

function Head<Row extends object>({ shown, sort, onSort, ...choice }: PartProps<Row>) {
  const { onSelect } = choice;
  return (
    <thead>
      <tr>
        {onSelect !== undefined && (
          <th scope="col">
            <ChooseAll {...choice} onSelect={onSelect} />
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

type ChooseAllProps<Row> = Pick<DataTableProps<Row>, 'rows' | 'rowId' | 'selected'> & {
  readonly onSelect: (selected: ReadonlySet<string>) => void;
};

/** Chooses all rows that are loaded: also those that are not in the document. */
function ChooseAll<Row>({ rows, rowId, selected, onSelect }: ChooseAllProps<Row>) {
  const all =
    selected !== undefined &&
    rows.length > 0 &&
    selected.size >= rows.length &&
    rows.every((row) => selected.has(rowId(row)));
  return (
    <input
      type="checkbox"
      aria-label="All rows that are loaded"
      checked={all}
      onChange={() => onSelect(new Set(all ? [] : rows.map(rowId)))}
    />
  );
}
