import * as z from 'zod';
import { type Flag, flagStatus, flagType } from '#domain/flags/index.ts';
import { invalidField } from '../errors.ts';
import { pageQuery } from '../paging.ts';

const text = z.string().max(1_000).optional();

export const ListQuery = z.object({
  ...pageQuery,
  active: text.describe('"true", "false" or "STALE".'),
  search: text.describe('Part of a key or name.'),
  type: text.describe('boolean, multivariant, experiment or remote_config.'),
  created_by_id: text,
  evaluation_runtime: text,
  has_evaluation_contexts: text,
  tags: text.describe('A JSON list, of which a flag has at least one.'),
  excluded_tags: text.describe('A JSON list, of which a flag has none.'),
  order: text.describe(
    'created_at, updated_at, key, name, active, version or id; "-" turns it round.',
  ),
});
type ListQuery = z.output<typeof ListQuery>;

type Test = (flag: Flag) => boolean;

function activeTest(wanted: string, now: number): Test {
  if (wanted.toUpperCase() === 'STALE') return (flag) => flagStatus(flag, now) === 'STALE';
  return (flag) => flag.active === (wanted.toLowerCase() === 'true');
}

function searchTest(wanted: string): Test {
  const part = wanted.toLowerCase();
  return ({ key, name }) => key.toLowerCase().includes(part) || name.toLowerCase().includes(part);
}

function listOf(attr: string, json: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(json));
  } catch {
    throw invalidField(attr, 'Expected a JSON list of strings.');
  }
}

function tagTest(attr: string, json: string): (flag: Flag) => boolean {
  const wanted = new Set(listOf(attr, json));
  return ({ tags }) => tags.some((tag) => wanted.has(tag));
}

function* testsOf(query: ListQuery, now: number): Generator<Test> {
  const { active, search, type, created_by_id: maker, evaluation_runtime: runtime } = query;
  if (active) yield activeTest(active, now);
  if (search) yield searchTest(search);
  if (type) yield (flag) => flagType(flag) === type;
  if (maker) yield ({ createdBy }) => maker.split(',').includes(String(createdBy));
  if (runtime) yield ({ evaluationRuntime }) => evaluationRuntime === runtime;
  if (query.has_evaluation_contexts) {
    const wanted = query.has_evaluation_contexts.toLowerCase() === 'true';
    yield ({ evaluationContexts }) => evaluationContexts.length > 0 === wanted;
  }
  if (query.tags) yield tagTest('tags', query.tags);
  if (query.excluded_tags) {
    const isExcluded = tagTest('excluded_tags', query.excluded_tags);
    yield (flag) => !isExcluded(flag);
  }
}

const SORTS: { readonly [name: string]: (flag: Flag) => string | number } = {
  created_at: ({ createdOn }) => createdOn,
  updated_at: ({ updatedOn }) => updatedOn,
  key: ({ key }) => key,
  name: ({ name }) => name,
  active: ({ active }) => Number(active),
  version: ({ version }) => version,
  id: ({ id }) => id,
};

const compared = (a: string | number, b: string | number): number => (a < b ? -1 : Number(a > b));

function sorted(flags: readonly Flag[], order: string): readonly Flag[] {
  const name = order.replace(/^-/, '');
  const by = Object.hasOwn(SORTS, name) ? SORTS[name] : undefined;
  if (by === undefined) throw invalidField('order', `Invalid order field: '${name.slice(0, 100)}'`);
  const sign = order.startsWith('-') ? -1 : 1;
  return flags.toSorted((a, b) => sign * (compared(by(a), by(b)) || compared(a.id, b.id)));
}

/** The flags that a list asks for, in its order: the newest first unless it says another. */
export function chosenFlags(
  flags: readonly Flag[],
  query: ListQuery,
  now: number,
): readonly Flag[] {
  const tests = [...testsOf(query, now)];
  const chosen = flags.filter((flag) => tests.every((test) => test(flag)));
  return sorted(chosen, query.order || '-created_at');
}
