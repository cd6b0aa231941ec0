import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { groupsQuery } from '../data/session.ts';
import { keptGroup } from './kept.ts';

/** The group that the frame shows: that of the page or, on pages of none, the one that was looked at last. */
export function useShownGroup(): number | undefined {
  const { group } = useParams({ strict: false });
  const groups = useQuery(groupsQuery);
  if (group !== undefined) return group;
  const kept = keptGroup();
  return (groups.data?.find(({ id }) => id === kept) ?? groups.data?.[0])?.id;
}
