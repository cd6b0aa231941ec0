import { useParams } from '@tanstack/react-router';

/** The id of the group that the page is of; only below `/$group`. */
export function useGroup(): number {
  const { group } = useParams({ strict: false });
  if (group === undefined) throw new Error('This page belongs to no group.');
  return group;
}
