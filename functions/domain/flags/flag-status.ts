import { Filters } from './evaluate/filters.ts';
import type { Flag } from './flag.items.ts';

const STALE_MS = 30 * 86_400_000;

const variantsOf = (filters: Filters) => filters.multivariate?.variants ?? [];

/**
 * The percentage of a flag that is on for a share of all and nothing else: null where that is everybody,
 * undefined where the flag is not so simple.
 */
export function simpleRollout(flag: Flag): number | null | undefined {
  const filters = Filters.safeParse(flag.filters).data ?? {};
  const [group, ...others] = filters.groups ?? [];
  const isSimple =
    group !== undefined &&
    others.length === 0 &&
    (group.properties ?? []).length === 0 &&
    variantsOf(filters).length === 0;
  return isSimple ? (group.rollout_percentage ?? null) : undefined;
}

/** The percentages of the conditions of a document. */
export const rolloutsOf = (document: Flag['filters']): readonly number[] =>
  (Filters.safeParse(document).data?.groups ?? []).map((group) => group.rollout_percentage ?? 100);

/** Whether everybody gets the same, so that code could do without the flag. */
function isSettled(flag: Flag): boolean {
  const filters = Filters.safeParse(flag.filters).data ?? {};
  const variants = variantsOf(filters);
  const isOneForAll =
    variants.length === 0 || variants.some(({ rollout_percentage }) => rollout_percentage === 100);
  const isForAll = (filters.groups ?? []).some(
    (group) => (group.properties ?? []).length === 0 && (group.rollout_percentage ?? 100) === 100,
  );
  return isOneForAll && isForAll;
}

/** `STALE`: for 30 days everybody has got the same. */
export function flagStatus(flag: Flag, now: number): 'ACTIVE' | 'INACTIVE' | 'STALE' | 'DELETED' {
  if (flag.deleted) return 'DELETED';
  if (!flag.active) return 'INACTIVE';
  return now - flag.updatedOn > STALE_MS && isSettled(flag) ? 'STALE' : 'ACTIVE';
}

/** What kind of flag it is, for lists. */
export function flagType(flag: Flag): 'boolean' | 'multivariant' | 'experiment' | 'remote_config' {
  if (flag.experimentIds.length > 0) return 'experiment';
  if (flag.isRemoteConfiguration) return 'remote_config';
  const filters = Filters.safeParse(flag.filters).data ?? {};
  return variantsOf(filters).length > 0 ? 'multivariant' : 'boolean';
}
