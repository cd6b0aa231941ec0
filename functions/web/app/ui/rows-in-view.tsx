import { rowSelectionFeature, type Table, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { BodyRow } from './body-row.tsx';
import { BOX_PX, type Column, type PartProps, WIDTH_PX } from './data-table-props.ts';

const features = tableFeatures({ rowSelectionFeature });
const ROW_PX = 34;

type Model<Row extends object> = Table<typeof features, Row>;

/** TanStack's model of the rows that are drawn: of all that are loaded it would take too long. */
function useModel<Row extends object>(props: PartProps<Row>): Model<Row> {
  const { shown: columns, rows, rowId, selected, onSelect } = props;
  const definitions = useMemo(
    () => columns.map(({ id, title }) => ({ id, header: title })),
    [columns],
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
    state: { rowSelection },
    onRowSelectionChange: (change) => {
      const next = typeof change === 'function' ? change(rowSelection) : change;
      onSelect?.(new Set(Object.keys(next).filter((id) => next[id] === true)));
    },
  });
}

/** What the row at an index is drawn from. */
function useBodyRows<Row extends object>(props: PartProps<Row>) {
  const { shown, onSelect, rowId, rowName } = props;
  const model = useModel(props);
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

/** The columns in view, and how many are not: a table may have hundreds, of which each row would draw all. */
function useColumnsInView<Row>(
  shown: readonly Column<Row>[],
  scroller: HTMLElement | null,
  paddingStart: number,
) {
  const virtual = useVirtualizer({
    horizontal: true,
    count: shown.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => shown[index]?.width ?? WIDTH_PX,
    paddingStart,
    overscan: 2,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns have other widths
  useEffect(() => virtual.measure(), [virtual, shown]);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const end = (items.at(-1)?.index ?? -1) + 1;
  const columns = useMemo(() => shown.slice(first, end), [shown, first, end]);
  return { columns, before: first, after: shown.length - end };
}

type InViewProps<Row extends object> = PartProps<Row> & {
  readonly scroller: HTMLElement | null;
};

/** Rows in view between two that are as high as those above and below: the scrollbar is right. */
export function RowsInView<Row extends object>({ scroller, ...props }: InViewProps<Row>) {
  const { rows, onEnd, onSelect, shown } = props;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const across = useColumnsInView(shown, scroller, onSelect === undefined ? 0 : BOX_PX);
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? -1;
  const inView = useMemo(() => rows.slice(first, last + 1), [rows, first, last]);
  const rowAt = useBodyRows({ ...props, rows: inView });
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
        const row = rowAt(index - first);
        return row && <BodyRow key={row.id} {...row} {...across} rowIndex={index + 2} />;
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
