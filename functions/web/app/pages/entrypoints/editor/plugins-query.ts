import { queryOptions } from '@tanstack/react-query';
import { answerOf, type DioptraAnswer, dioptra } from '../../../data/api.ts';
import type { BoundPlugin } from './form.ts';

/** The plugins of a group at their newest versions. */
export const pluginsQuery = (group: number) =>
  queryOptions({
    queryKey: ['plugins', group, 'all'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/plugins', {
          params: { query: { groupId: group, pageLength: 1000, sortBy: 'name' } },
        }),
      ),
  });

type Plugin = DioptraAnswer<'getPlugin'>;

/** A plugin as it is bound anew. */
export const newestOf = ({ id, name, snapshot, files }: Plugin): BoundPlugin => ({
  id,
  name,
  snapshotId: snapshot,
  old: false,
  files,
});
