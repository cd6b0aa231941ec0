/** One generated call, whose ids are symbols until a server is asked. */

/** What ids stand for. */
export type Kind = 'experiment' | 'run' | 'version' | 'logged' | 'trace';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/`, e.g. `2.0/mlflow/runs/create`. */
  readonly path: string;
  readonly args: { readonly [name: string]: unknown };
  /** What a success makes, and the fields that lead to its id. */
  readonly makes?: { readonly kind: Kind; readonly at: readonly string[] };
}

export interface Outcome {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape are compared.
  readonly body: any;
}

/** A server that is asked. */
export interface Target {
  readonly name: string;
  call(method: string, path: string, body?: unknown): Promise<Outcome>;
}

/** Stands for the id of the `n`-th thing made, whichever it is on a server. */
export const symbol = (kind: Kind, n: number): string => `⟦${kind}:${n}⟧`;
/** Stands for what names of a sequence begin with. */
export const PREFIX = '⟦prefix⟧';

/** Ids of things that nobody made. */
export const MISSING: { readonly [kind in Kind]: string } = {
  experiment: '987654321',
  run: '0123456789abcdef0123456789abcdef',
  version: '77',
  logged: 'm-0123456789abcdef0123456789abcdef',
  trace: 'tr-0123456789abcdef0123456789abcdef',
};

/** The ids that one server gave, in the order of the calls. */
export type Ids = { readonly [kind in Kind]: string[] };

export const noIds = (): Ids => ({ experiment: [], run: [], version: [], logged: [], trace: [] });

/** The value with the ids of a server instead of symbols. */
export function resolved(value: unknown, ids: Ids, prefix: string): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll(PREFIX, prefix)
      .replace(/⟦(\w+):(\d+)⟧/g, (_, kind: Kind, n: string) => {
        const made = ids[kind];
        return made.length === 0 ? MISSING[kind] : (made[Number(n) % made.length] ?? '');
      });
  }
  if (Array.isArray(value)) return value.map((member) => resolved(member, ids, prefix));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, resolved(member, ids, prefix)]),
  );
}

const query = (args: object): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(args)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return String(search);
};

/** Asks a server, and notes the id of what it made. */
export async function ask(
  target: Target,
  { method, path, args, makes }: Call,
  ids: Ids,
  prefix: string,
): Promise<Outcome> {
  const own = resolved(args, ids, prefix) as object;
  const address = `/api/${resolved(path, ids, prefix)}`;
  const outcome =
    method === 'GET'
      ? await target.call(method, `${address}?${query(own)}`)
      : await target.call(method, address, own);
  if (outcome.status === 200 && makes !== undefined) {
    // biome-ignore lint/suspicious/noExplicitAny: the path of fields is the call's own.
    ids[makes.kind].push(makes.at.reduce((inner: any, name) => inner?.[name], outcome.body));
  }
  return outcome;
}
