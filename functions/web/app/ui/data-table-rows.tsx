import { useCallback, useRef } from 'react';
import { BodyRow } from './body-row.tsx';
import type { PartProps } from './data-table-props.ts';

/** All rows of a table that does not scroll by itself: some tens, which need no engine. */
export function AllRows<Row extends object>(props: PartProps<Row>) {
  const { rows, shown, rowId, rowName, selected, onSelect } = props;
  const latest = useRef(props);
  latest.current = props;
  const onToggle = useCallback((id: string, isSelected: boolean) => {
    const next = new Set(latest.current.selected);
    if (isSelected) next.add(id);
    else next.delete(id);
    latest.current.onSelect?.(next);
  }, []);
  return (
    <tbody>
      {rows.map((row) => {
        const id = rowId(row);
        return (
          <BodyRow
            key={id}
            row={row}
            id={id}
            columns={shown}
            before={0}
            after={0}
            selected={onSelect === undefined ? undefined : selected?.has(id) === true}
            name={rowName?.(row) ?? id}
            onToggle={onToggle}
          />
        );
      })}
    </tbody>
  );
}
