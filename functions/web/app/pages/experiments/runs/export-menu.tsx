import { count } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { toCsv, toJson } from './export-rows.ts';
import type { RunRow } from './run-row.ts';

interface ExportMenuProps {
  /** Of the experiment: the file is called after it. */
  readonly name: string;
  readonly rows: readonly RunRow[];
  readonly columns: readonly string[];
}

/** Takes along what is seen: the runs that are loaded, with the columns that are shown. */
export function ExportMenu({ name, rows, columns }: ExportMenuProps) {
  return (
    <Menu label="Export">
      <p className="quiet export-hint">
        The {count(rows.length)} runs that are loaded, with the columns that are shown.
      </p>
      <Button onClick={() => saveFile(`${name} runs.csv`, 'text/csv', toCsv(rows, columns))}>
        CSV, for spreadsheets
      </Button>
      <Button
        onClick={() => saveFile(`${name} runs.json`, 'application/json', toJson(rows, columns))}
      >
        JSON
      </Button>
    </Menu>
  );
}
