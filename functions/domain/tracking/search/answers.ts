import type { Context } from '#kernel/context.ts';
import { REMEMBERED_MS } from '../run-index/lagging.ts';
import type { Question } from './question.ts';
import { type Fresh, textOf, type WalkResult } from './walk.ts';

/** What the index told, apart from runs of which it may have been wrong. */
interface Answer {
  readonly lagging: ReadonlySet<string>;
  readonly own: WalkResult;
}

const isSame = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));

/** Beside more lagging runs than this nothing is kept: they seldom stay the same. */
const MOST_LAGGING = 200;
/** Of the id of a run in a set. */
const ID_BYTES = 150;

/** In memory, where a character may take two. */
const bytesOf = ({ text }: Question, { lagging, own }: Answer): number =>
  2 * own.found.reduce((sum, each) => sum + textOf(each), text.length) + ID_BYTES * lagging.size;

/**
 * What the index tells of a question: as `find` says, or as it said at most {@link REMEMBERED_MS} ago.
 * Runs that have been written since are among the lagging ones, of which `find` says nothing; so the answer
 * holds while these are the same.
 */
export async function remembered(
  { cache, clock }: Pick<Context, 'cache' | 'clock'>,
  question: Question,
  fresh: Promise<Fresh>,
  find: () => Promise<WalkResult>,
): Promise<WalkResult> {
  const name = `search:${question.text}`;
  const known = cache.get<Answer>(name);
  if (known !== undefined && isSame(known.lagging, (await fresh).lagging)) return known.own;
  const until = clock.now() + REMEMBERED_MS;
  const own = await find();
  const { lagging } = await fresh;
  if (lagging.size > MOST_LAGGING) return own;
  const answer = { lagging, own };
  cache.set(name, answer, (until - clock.now()) / 1000, bytesOf(question, answer));
  return own;
}
