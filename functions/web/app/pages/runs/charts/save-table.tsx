import { Button } from '../../../ui/button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { saveCsv, saveJson } from './save-shown.ts';

/** To take along what is shown, as rows. */
export const SaveTable = ({ name, rows }: { name: string; rows: () => readonly object[] }) => (
  <Menu label="Save" kind="quiet">
    <Button onClick={() => saveCsv(name, rows())}>As CSV</Button>
    <Button onClick={() => saveJson(name, rows())}>As JSON</Button>
  </Menu>
);
