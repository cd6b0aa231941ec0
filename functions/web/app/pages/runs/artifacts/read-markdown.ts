/** Markdown as a list of blocks, for a page: a part of it, and no HTML, which stays text. */

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'rule' }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export type Inline =
  | { readonly kind: 'text' | 'code' | 'strong' | 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

// None of them may try a run of blanks in more than one way: lines are as long as the file.
const HEADING = /^ {0,3}(#{1,6})\s+(\S.*)$/s;
const CLOSING = /(?<=\s)#+$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const ITEM = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/s;
const QUOTE = /^ {0,3}> ?(.*)$/s;
const SEPARATOR = /^:?-+:?$/;
/** Quotes in quotes without end must not fill the stack. */
const DEEPEST = 8;

/** What is wider stays text: a browser lays out each column of each row. */
const COLUMNS = 100;

interface Read {
  readonly block: Block;
  /** The first line behind it. */
  readonly next: number;
}

const cellsOf = (line: string): readonly string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

/** How far lines go on that fit. */
function endOf(lines: readonly string[], from: number, fits: (line: string) => boolean): number {
  let at = from;
  while (at < lines.length && fits(lines[at] ?? '')) at += 1;
  return at;
}

function codeAt(lines: readonly string[], at: number): Read | undefined {
  const fence = FENCE.exec(lines[at] ?? '')?.[1];
  if (fence === undefined) return undefined;
  const end = endOf(lines, at + 1, (line) => !line.trim().startsWith(fence));
  return { block: { kind: 'code', text: lines.slice(at + 1, end).join('\n') }, next: end + 1 };
}

function isTable(lines: readonly string[], at: number): boolean {
  const [head = '', separator = ''] = [lines[at], lines[at + 1]];
  const cells = head.includes('|') ? cellsOf(separator) : [];
  const fits = cells.length > 0 && cells.length <= COLUMNS && cells.length === cellsOf(head).length;
  return fits && cells.every((cell) => SEPARATOR.test(cell));
}

function tableAt(lines: readonly string[], at: number): Read | undefined {
  if (!isTable(lines, at)) return undefined;
  const end = endOf(lines, at + 2, (line) => line.includes('|'));
  const rows = lines.slice(at + 2, end).map(cellsOf);
  return { block: { kind: 'table', head: cellsOf(lines[at] ?? ''), rows }, next: end };
}

function listAt(lines: readonly string[], at: number): Read | undefined {
  const first = ITEM.exec(lines[at] ?? '');
  if (first === null) return undefined;
  const items: string[] = [];
  const end = endOf(lines, at, (line) => {
    const item = ITEM.exec(line);
    if (item !== null) return items.push(item[3] ?? '') > 0;
    // A line that is set in goes on with the item above.
    if (!/^\s+\S/.test(line)) return false;
    items[items.length - 1] += ` ${line.trim()}`;
    return true;
  });
  return { block: { kind: 'list', ordered: first[2] !== undefined, items }, next: end };
}

function quoteAt(lines: readonly string[], at: number, depth: number): Read | undefined {
  if (depth >= DEEPEST) return undefined;
  const end = endOf(lines, at, (line) => QUOTE.test(line));
  if (end === at) return undefined;
  const inner = lines.slice(at, end).map((line) => QUOTE.exec(line)?.[1] ?? '');
  return { block: { kind: 'quote', blocks: blocksOf(inner, depth + 1) }, next: end };
}

function headingAt(lines: readonly string[], at: number): Read | undefined {
  const [, marks, text] = HEADING.exec(lines[at] ?? '') ?? [];
  if (marks === undefined || text === undefined) return undefined;
  const shown = text.trimEnd().replace(CLOSING, '').trimEnd();
  return { block: { kind: 'heading', level: marks.length, text: shown }, next: at + 1 };
}

const specialAt = (lines: readonly string[], at: number, depth: number): Read | undefined =>
  codeAt(lines, at) ??
  headingAt(lines, at) ??
  (RULE.test(lines[at] ?? '') ? { block: { kind: 'rule' }, next: at + 1 } : undefined) ??
  tableAt(lines, at) ??
  listAt(lines, at) ??
  quoteAt(lines, at, depth);

const STARTS = [FENCE, HEADING, RULE, ITEM];

/** Whether a paragraph ends here. What begins is not read yet: it would be read twice at each level of quotes. */
function isSpecial(lines: readonly string[], at: number, depth: number): boolean {
  const line = lines[at] ?? '';
  if (STARTS.some((start) => start.test(line))) return true;
  return isTable(lines, at) || (depth < DEEPEST && QUOTE.test(line));
}

function paragraphAt(lines: readonly string[], at: number, depth: number): Read {
  let end = at + 1;
  while (end < lines.length && (lines[end] ?? '').trim() !== '') {
    if (isSpecial(lines, end, depth)) break;
    end += 1;
  }
  const text = lines
    .slice(at, end)
    .map((line) => line.trim())
    .join(' ');
  return { block: { kind: 'paragraph', text }, next: end };
}

function blocksOf(lines: readonly string[], depth: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if ((lines[at] ?? '').trim() === '') {
      at += 1;
      continue;
    }
    const { block, next } = specialAt(lines, at, depth) ?? paragraphAt(lines, at, depth);
    blocks.push(block);
    at = next;
  }
  return blocks;
}

export const readMarkdown = (text: string): readonly Block[] =>
  blocksOf(text.split(/\r\n|\r|\n/), 0);

const INLINE =
  /(?<!`)(?<code>`{1,3})(?!`)(?<inner>[^`]{1,5000})\k<code>(?!`)|\[(?<label>[^\]]{1,500})\]\((?<href>[^()\s]{1,2000})\)|\*\*(?<strong>[^*]{1,2000})\*\*|\*(?<em>[^*\s][^*]{0,2000})\*|(?<![\p{L}\p{N}_])_(?<em2>[^_\s][^_]{0,2000})_(?![\p{L}\p{N}_])|<(?<bare>https?:\/\/[^\s<>]{1,2000})>/gu;

/** Only addresses of the web: `javascript:` and its like stay text. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:')
    ? url.href
    : undefined;
}

function inlineOf(match: RegExpExecArray): Inline {
  const { inner, label, href, strong, em, em2, bare } = match.groups ?? {};
  if (inner !== undefined) return { kind: 'code', text: inner.trim() || inner };
  if (strong !== undefined) return { kind: 'strong', text: strong };
  const emphasis = em ?? em2;
  if (emphasis !== undefined) return { kind: 'emphasis', text: emphasis };
  const address = webAddress(href ?? bare ?? '');
  if (address === undefined) return { kind: 'text', text: match[0] };
  // A bare address as it will be asked for: signs that turn the reading round are encoded in it.
  return { kind: 'link', text: label ?? address, href: address };
}

/** Code, emphasis and links within a line. */
export function readInline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push(inlineOf(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
}
