import { useQuery } from '@tanstack/react-query';
import { groupsQuery, sessionQuery } from '../../data/session.ts';
import { useGroup } from '../../data/use-group.ts';
import { flagsOf, manages } from '../people/permissions.ts';

export interface Rights {
  /** Why one may not change anything here; nothing where one may. */
  readonly whyNotWrite: string | undefined;
  /** Why one may not change what only those who manage the group change. */
  readonly whyNotManage: string | undefined;
}

/** What the caller may do in the group that is shown; everything while that is not known: the API says no, too. */
export function useRights(): Rights {
  const id = useGroup();
  const group = useQuery(groupsQuery).data?.find((each) => each.id === id);
  const userId = useQuery(sessionQuery).data?.id;
  if (group === undefined || userId === undefined || userId === null) {
    return { whyNotWrite: undefined, whyNotManage: undefined };
  }
  const flags = flagsOf(group, userId);
  return {
    whyNotWrite: flags.write ? undefined : 'You may only read in this group.',
    whyNotManage: manages(flags)
      ? undefined
      : 'Only owners and administrators of the group may do this.',
  };
}
