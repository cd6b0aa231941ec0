import { invalid } from '#kernel/errors.ts';

/** Parameters of a run as they are written for `mlflow run`: `-P a=1 -P 'b=two words'`. */

/** Characters of all of them together. */
export const MAX_ARGUMENTS = 32 * 1024;
const MAX_PARAMETERS = 100;

const refused = (what: string) =>
  invalid(
    'workflow_arguments',
    `entry_point_kwargs: ${what}. Write "-P name=value -P other='two words'".`,
  );

/** One character after another, since quotes may begin and end anywhere in a word, as in a shell. */
interface Scan {
  words: string[];
  word: string | undefined;
  quote: string;
  escaped: boolean;
}

function step(scan: Scan, char: string): void {
  if (scan.escaped) {
    // Between double quotes a backslash is one but before what it could hide.
    const kept = scan.quote === '"' && !'"\\'.includes(char) ? `\\${char}` : char;
    scan.word = `${scan.word ?? ''}${kept}`;
    scan.escaped = false;
  } else if (char === '\\' && scan.quote !== "'") {
    scan.escaped = true;
    scan.word ??= '';
  } else if (scan.quote !== '') {
    if (char === scan.quote) scan.quote = '';
    else scan.word = `${scan.word ?? ''}${char}`;
  } else if (char === '"' || char === "'") {
    scan.quote = char;
    scan.word ??= '';
  } else if (/\s/.test(char)) {
    if (scan.word !== undefined) scan.words.push(scan.word);
    scan.word = undefined;
  } else scan.word = `${scan.word ?? ''}${char}`;
}

/** The words of a text by the rules of a POSIX shell, without its expansions. */
function wordsOf(text: string): readonly string[] {
  const scan: Scan = { words: [], word: undefined, quote: '', escaped: false };
  for (const char of text) step(scan, char);
  if (scan.quote !== '') throw refused(`the quote ${scan.quote} is never closed`);
  if (scan.escaped) throw refused('there is nothing behind the last backslash');
  return scan.word === undefined ? scan.words : [...scan.words, scan.word];
}

function pairsOf(words: readonly string[]): readonly string[] {
  const pairs: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '-P' || word === '--param-list') {
      at += 1;
      const pair = words[at];
      if (pair === undefined) throw refused(`there is nothing behind the last ${word}`);
      pairs.push(pair);
    } else if (/^-P./.test(word)) pairs.push(word.slice(2));
    else if (word.startsWith('--param-list=')) pairs.push(word.slice('--param-list='.length));
    else throw refused(`"${word.slice(0, 100)}" is no parameter`);
  }
  return pairs;
}

/** The parameters by name, in their order. Throws `invalid` (`workflow_arguments`). */
export function parseArguments(text: string): ReadonlyMap<string, string> {
  if (text.length > MAX_ARGUMENTS) throw refused(`it is longer than ${MAX_ARGUMENTS} characters`);
  const parameters = new Map<string, string>();
  for (const pair of pairsOf(wordsOf(text))) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at));
    if (name === '') throw refused(`"${pair.slice(0, 100)}" is not of the form name=value`);
    if (parameters.has(name)) throw refused(`the parameter ${name.slice(0, 100)} is there twice`);
    parameters.set(name, pair.slice(at + 1));
  }
  if (parameters.size > MAX_PARAMETERS) throw refused(`more than ${MAX_PARAMETERS} parameters`);
  return parameters;
}

/** What would be parsed to the same: for jobs whose parameters came otherwise. */
export const formatArguments = (parameters: Iterable<readonly [string, string]>): string =>
  [...parameters]
    .map(([name, value]) => `${name}=${value}`)
    .map((pair) => (/^[\w@%+=:,./-]+$/.test(pair) ? pair : `'${pair.replaceAll("'", `'"'"'`)}'`))
    .map((word) => `-P ${word}`)
    .join(' ');
