import { useOwnGroup } from '../people/group-query.ts';

/** Whether one may change what is in the group; until that is known, yes: a call would be refused. */
export function useMayWrite(): boolean {
  const { query, own } = useOwnGroup();
  return query.data === undefined || own(query.data).write;
}

/** Says why nothing can be changed, where that is so. */
export const ReaderNote = () =>
  useMayWrite() ? null : (
    <p className="quiet">
      You may read in this group, not change what is in it. Ask an owner for the permission to
      write.
    </p>
  );
