import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict, invalid } from '#kernel/errors.ts';
import { compare, type Item, itemMissing, put, update, type Write } from '#kernel/table.ts';
import { entriesOf, pairs, paramPages, roomIn, runKeys } from './run.items.ts';
import { seenBySearches } from './run-index/lagging.ts';
import { checkedParam, type Entry } from './schemas.ts';
import { requireActive, runScope, targetOf } from './scope.ts';

/** Tries against other writers of the same run's params. */
const MAX_TRIES = 24;

/** What of `wanted` is not there yet. Throws `invalid` (`param_changed`) for another value. */
function absent(runId: string, there: readonly Entry[], wanted: readonly Entry[]) {
  const values = new Map(there.map(({ key, value }) => [key, value]));
  return wanted.filter(({ key, value }) => {
    const old = values.get(key);
    if (old !== undefined && old !== value) {
      throw invalid(
        'param_changed',
        `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
          `value='${old}' for run ID='${runId}'. Attempted logging new value '${value}'.`,
      );
    }
    return old === undefined;
  });
}

/**
 * Adds to the last page and makes further ones. The last page is written even when it has no
 * room: its version tells a parallel writer that there is something new.
 */
function writesOf(
  runId: string,
  pages: readonly Item[],
  added: readonly Entry[],
): readonly Write[] {
  const last = pages.at(-1);
  const [first = [], ...more] = paramPages(added, roomIn(last));
  const next = Math.max(0, pages.length - 1);
  const fresh = (entries: readonly Entry[], page: number): Write =>
    put({ ...runKeys.params(runId, page), version: 1, entries: pairs(entries) }, itemMissing);
  return [
    last === undefined
      ? fresh(first, 0)
      : update(
          runKeys.params(runId, next),
          { append: { entries: pairs(first) }, add: { version: 1 } },
          compare('version', '=', last.version as number),
        ),
    ...more.map((entries, index) => fresh(entries, next + 1 + index)),
  ];
}

function requireUnique(params: readonly Entry[]): void {
  const seen = new Set<string>();
  const twice = params.filter(({ key }) => seen.size === seen.add(key).size);
  if (twice.length === 0) return;
  throw invalid(
    'duplicate_params',
    `Duplicate parameter keys have been submitted: [${twice.map(({ key }) => `'${key}'`).join(', ')}]. ` +
      'Please ensure the request contains only one param value per param key.',
  );
}

/**
 * Logs params, all or none. A param is written once: the same value again is fine, another one
 * is `invalid` (`param_changed`).
 */
export async function logParams(
  ctx: Context,
  input: { readonly runId: string; readonly params: readonly Entry[]; readonly path?: string },
): Promise<void> {
  const { runId } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  const params = input.params.map((param, index) =>
    checkedParam(param, input.path === undefined ? '' : `${input.path}[${index}].`),
  );
  requireUnique(params);
  if (params.length === 0) return;
  await seenBySearches(ctx, scope, () => addParams(ctx, runId, params));
}

async function addParams(ctx: Context, runId: string, params: readonly Entry[]): Promise<void> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const sk = { prefix: runKeys.everyParams };
    const { items } = await ctx.table.query({ pk: runKeys.partition(runId), sk });
    const added = absent(runId, items.flatMap(entriesOf), params);
    if (added.length === 0) return;
    const writes = writesOf(runId, items, added);
    const [only] = writes;
    const outcome =
      writes.length === 1 && only !== undefined
        ? await ctx.table.write(only)
        : await ctx.table.transact(writes);
    if (outcome.ok) return;
  }
  throw conflict('write_conflict', 'The params are being written by others; try again.');
}
