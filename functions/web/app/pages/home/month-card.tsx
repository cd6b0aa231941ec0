import { count, dayOf, dollars, duration } from '../../data/format.ts';
import { Card } from '../../ui/page.tsx';
import { Facts, Time } from '../../ui/text.tsx';
import type { Overview } from './overview-query.ts';

/** What the group used this month and what that may cost, with what the estimate leaves out. */
export function MonthCard({ overview }: { readonly overview: Overview }) {
  const { from, jobs, seconds, estimatedCostUsd, isComplete, asOf } = overview.use;
  const least = isComplete ? '' : 'at least ';
  return (
    <Card title="This month">
      <Facts
        facts={[
          [
            'Estimated cost of jobs',
            estimatedCostUsd === null ? 'no price' : `${least}${dollars(estimatedCostUsd)}`,
          ],
          ['Jobs that ended', `${least}${count(jobs)}`],
          ['Time of workers', `${least}${duration(seconds)}`],
        ]}
      />
      <p className="quiet">
        {estimatedCostUsd === null
          ? 'No pool that ran them has a price per hour: it is this machine, or machines of your own. '
          : "An estimate from the pools' prices per hour and the time that workers held the jobs. "}
        In it: jobs of this group that ended from {dayOf(from)} (UTC) on. Not in it: what runs now,
        deleted jobs, storage (below), calls of the API, events, transfer, taxes. As of{' '}
        <Time at={asOf} />.{!isComplete && ' There are more jobs than are looked at for this.'}
      </p>
    </Card>
  );
}
