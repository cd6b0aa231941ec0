import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, dioptra } from '../../data/api.ts';
import { bytes, count, dollars } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card } from '../../ui/page.tsx';
import { Facts, Time } from '../../ui/text.tsx';
import type { Overview } from './overview-query.ts';

const NEVER_COUNTED: NonNullable<Overview['storage']> = {
  measuring: false,
  bytes: null,
  files: null,
  asOf: null,
  isComplete: true,
  estimatedUsdPerMonth: null,
};

/** What the group's files take, as they were counted last; counting goes on in the background. */
export function StorageCard({ overview: { storage } }: { readonly overview: Overview }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const measure = useMutation({
    mutationFn: () =>
      answerOf(dioptra.POST('/groups/{id}/storage/measure', { params: { path: { id: group } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['overview', group] }),
    onError: notices.failed,
  });
  const {
    measuring,
    bytes: size,
    files,
    asOf,
    isComplete,
    estimatedUsdPerMonth,
  } = storage ?? NEVER_COUNTED;
  const least = isComplete ? '' : 'at least ';
  return (
    <Card
      title="Storage"
      actions={
        <Button busy={measure.isPending || measuring} onClick={() => measure.mutate()}>
          {measuring ? 'Counting …' : 'Count'}
        </Button>
      }
    >
      {size === null || files === null ? (
        <p className="quiet">Not counted yet.</p>
      ) : (
        <Facts
          facts={[
            ['Stored', `${least}${bytes(size)}`],
            ['Files', `${least}${count(files)}`],
            [
              'A month of it',
              estimatedUsdPerMonth === null
                ? 'no price'
                : `${least}${dollars(estimatedUsdPerMonth)}`,
            ],
          ]}
        />
      )}
      <p className="quiet">
        Files of runs, logged models, traces and datasets; not events, nor what the database holds.
        {asOf !== null && (
          <>
            {' '}
            As of <Time at={asOf} />.
          </>
        )}
      </p>
    </Card>
  );
}
