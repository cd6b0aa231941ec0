import type { History } from '../collect.ts';
import type { Wrongs } from './wrongs.ts';

/** Each acknowledged submission is there once, no refused one is, and nothing else is there at all. */
export function judgeSubmissions({ submissions, jobs, unread }: History, wrongs: Wrongs): void {
  const there = Map.groupBy([...jobs.values()], ({ description }) => description);
  for (const { description, outcome, id, wish, status, text } of submissions) {
    const found = there.get(description) ?? [];
    there.delete(description);
    if (found.length > 1)
      wrongs.add('doubled job', `${description} is there ${found.length} times`);
    if (outcome === 'accepted' && found[0]?.id !== id) {
      wrongs.add('lost job', `${description} was job ${id}, now ${found[0]?.id}`);
    }
    if (outcome === 'refused' && found.length > 0) {
      wrongs.add('job in spite of a refusal', `${description} (${status})`);
    }
    if (outcome === 'accepted' && wish.broken) wrongs.add('broken job accepted', description);
    if (outcome === 'refused' && !wish.broken) {
      wrongs.add('refused for no reason', `${description}: ${status} ${text}`);
    }
    if (outcome === 'unknown' && !wish.once)
      wrongs.add('never answered', `${description}: ${text}`);
  }
  for (const description of there.keys()) wrongs.add('job of nobody', description);
  for (const what of unread) wrongs.add('write not read', what);
}

/** Nothing fails but in passing, and then it is said when to try again. */
export function judgeCalls({ entries }: History, wrongs: Wrongs): number {
  let passing = 0;
  for (const entry of entries) {
    if (entry.e !== 'trouble') continue;
    const { status, path, retryAfter } = entry;
    if (status !== 503 && status !== 429) wrongs.add('server error', `${status} of ${path}`);
    else if (retryAfter === null) wrongs.add('no Retry-After', `${status} of ${path}`);
    else passing += 1;
  }
  return passing;
}
