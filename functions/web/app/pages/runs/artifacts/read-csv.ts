export interface Table {
  readonly rows: readonly (readonly string[])[];
  /** Whether there are more rows than were read. */
  readonly more: boolean;
}

interface Cell {
  readonly text: string;
  /** Where the cell ends: at a delimiter, at the end of a line, or of the text. */
  readonly end: number;
}

/** From the quote at `at` on; two quotes stand for one. What stands behind the closing quote is kept. */
function quoted(text: string, at: number, delimiter: string): Cell {
  let value = '';
  let from = at + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0) return { text: value + text.slice(from), end: text.length };
    value += text.slice(from, close);
    if (text[close + 1] !== '"') {
      const rest = plain(text, close + 1, delimiter);
      return { text: value + rest.text, end: rest.end };
    }
    value += '"';
    from = close + 2;
  }
}

function plain(text: string, at: number, delimiter: string): Cell {
  let end = at;
  while (end < text.length && !isEnd(text[end], delimiter)) end += 1;
  return { text: text.slice(at, end), end };
}

const isEnd = (letter: string | undefined, delimiter: string): boolean =>
  letter === delimiter || letter === '\n' || letter === '\r';

/**
 * Cells by row, as RFC 4180 has them: quoted cells may hold delimiters, quotes and ends of lines. Lines end with
 * CRLF, LF or CR. Nothing is refused: an open quote goes to the end of the text.
 */
export function readCsv(text: string, delimiter: ',' | '\t' | ';', mostRows: number): Table {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    if (rows.length === mostRows) return { rows, more: true };
    const read = text[at] === '"' ? quoted : plain;
    const cell = read(text, at, delimiter);
    row.push(cell.text);
    at = cell.end + 1;
    if (text[cell.end] === delimiter) {
      // A delimiter at the very end has an empty cell behind it.
      if (at === text.length) row.push('');
      else continue;
    }
    if (text[cell.end] === '\r' && text[at] === '\n') at += 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return { rows, more: false };
}
