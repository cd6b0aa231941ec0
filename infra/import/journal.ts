/** What an import has done, a line each, so that it can go on where it was stopped. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Counts } from './counts.ts';

/** Something that is here now. */
export interface Entry {
  readonly kind:
    | 'experiment'
    | 'run'
    | 'loggedModel'
    | 'linked'
    | 'registeredModel'
    | 'version'
    | 'deleted';
  /** Its id, or its name, at the server that it comes from. */
  readonly from: string;
  /** The same here. */
  readonly to: string;
  /** The URI of its files there and here. */
  readonly files?: readonly [from: string, to: string];
  /** What it held there. */
  readonly counts?: Counts;
}

export interface Journal {
  get(kind: Entry['kind'], from: string): Entry | undefined;
  all(kind: Entry['kind']): readonly Entry[];
  /** Written before it returns: whatever happens to us afterwards, it is not done again. */
  add(entry: Entry): Entry;
}

interface Heading {
  readonly from: string;
  readonly to: string;
  readonly workspace: string;
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    // Where we were killed while we wrote, a line ends early; what it says is done again.
    return undefined;
  }
};

/** Opens the journal in `file`, or begins it. Throws when it is another import's. */
export function openJournal(file: string, heading: Heading): Journal {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [first, ...entries] = text.split('\n').map(parse);
  const wanted = JSON.stringify(heading);
  if (first !== undefined && JSON.stringify(first) !== wanted) {
    throw new Error(`${file} belongs to another import; name another file with --state.`);
  }
  const known = new Map<string, Entry>();
  const keyOf = ({ kind, from }: Pick<Entry, 'kind' | 'from'>) => `${kind} ${from}`;
  for (const entry of entries as readonly (Entry | undefined)[]) {
    if (entry !== undefined) known.set(keyOf(entry), entry);
  }
  const write = (value: string) => appendFileSync(file, `${value}\n`, { mode: 0o600 });
  if (first === undefined) write(wanted);
  else if (!text.endsWith('\n')) write('');
  return {
    get: (kind, from) => known.get(keyOf({ kind, from })),
    all: (kind) => [...known.values()].filter((entry) => entry.kind === kind),
    add: (entry) => {
      write(JSON.stringify(entry));
      known.set(keyOf(entry), entry);
      return entry;
    },
  };
}
