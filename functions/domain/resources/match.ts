import type { Context } from '#kernel/context.ts';
import { etagOf, withBeside } from '#kernel/etag.ts';
import type { Kind, Resource } from './resource.ts';

/** Counts up with every change of a resource that somebody who writes it must know of. */
export const versionOf = ({
  revision,
  drafted = 0,
}: Pick<Resource<unknown>, 'revision' | 'drafted'>): number => revision - drafted;

const contentTag = <D>(kind: Kind<D>, resource: Resource<D>): string =>
  etagOf(resource.id, versionOf(resource), ...(kind.besideRevision?.(resource) ?? []));

/**
 * The version of a resource that callers see: its own content, name, links and deletion, and beside
 * them its drafts. Names of others that answers show beside them may change without it.
 */
export const resourceTag = <D>(kind: Kind<D>, resource: Resource<D>): string =>
  withBeside(contentTag(kind, resource), resource.drafted ?? 0);

/** The version of an old snapshot's answer, which also says how things are now. */
export const snapshotTag = <D>(kind: Kind<D>, now: Resource<D>, snapshotId: number): string =>
  `${contentTag(kind, now).slice(0, -1)}@${snapshotId}"`;

/**
 * Throws `precondition_failed` where the caller expects other versions than these, those of all that
 * is about to be changed. To be called by what then writes under the condition of their revisions.
 */
export const requireMatch = (ctx: Context, ...tags: readonly string[]): void =>
  ctx.ifMatch?.require(...tags);
