import { memo } from 'react';
import type { Column } from './data-table-props.ts';

interface BodyRowProps<Row> {
  readonly row: Row;
  readonly id: string;
  readonly columns: readonly Column<Row>[];
  /** How many columns are out of view on either side. */
  readonly before: number;
  readonly after: number;
  /** Where the row stands in the whole table, if only some of its rows are in the document. */
  readonly rowIndex?: number;
  /** Nothing where rows cannot be chosen. */
  readonly selected: boolean | undefined;
  readonly name: string;
  readonly onToggle: (id: string, selected: boolean) => void;
}

function PlainRow<Row>(props: BodyRowProps<Row>) {
  const { row, id, columns, before, after, rowIndex, selected, name, onToggle } = props;
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
      {before > 0 && <td colSpan={before} />}
      {columns.map((column) => (
        <td key={column.id} className={column.numeric === true ? 'number' : undefined}>
          {column.cell(row)}
        </td>
      ))}
      {after > 0 && <td colSpan={after} />}
    </tr>
  );
}

/** Drawn anew only for what is new in it: while one scrolls, most rows stay as they are. */
export const BodyRow = memo(PlainRow) as typeof PlainRow;
