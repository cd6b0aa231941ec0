import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { LineChart } from '../../ui/line-chart.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, Empty } from '../../ui/page.tsx';
import { Time } from '../../ui/text.tsx';
import { canEdit, type Experiment, type Measured, measuresOf, statsOf } from './model.ts';
import { projectOf, seriesQuery } from './queries.ts';
import { type DaySeries, daySeries } from './series.ts';

const route = getRouteApi('/signed-in/$group/ab-tests/$test');

/** The result of one metric as it was at the end of each day. */
export function SeriesTab({ experiment }: { readonly experiment: Experiment }) {
  const { metric } = route.useSearch();
  const navigate = route.useNavigate();
  const measures = measuresOf(experiment).filter((each) => (each.metric.uuid ?? '') !== '');
  const chosen = measures.find(({ id }) => id === metric) ?? measures[0];
  if (chosen === undefined) return <Empty title="No metric whose days could be told" />;
  return (
    <Card
      title="Results day by day"
      actions={
        <SelectField
          label="Metric"
          labelHidden
          value={chosen.id}
          onChange={({ target }) =>
            void navigate({ search: { tab: 'over-time', metric: target.value }, replace: true })
          }
        >
          {measures.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      }
    >
      <SeriesOf key={chosen.id} experiment={experiment} measured={chosen} />
    </Card>
  );
}

const WORKING = ['pending', 'in_progress'];

interface SeriesOfProps {
  readonly experiment: Experiment;
  readonly measured: Measured;
}

function SeriesOf({ experiment, measured }: SeriesOfProps) {
  const { absolute } = statsOf(experiment);
  const query = useQuery({
    ...seriesQuery(useGroup(), experiment.id, measured),
    refetchInterval: ({ state }) =>
      WORKING.includes(state.data?.recalculation_status ?? '') ? 3_000 : false,
  });
  return (
    <Answer query={query}>
      {(answer) => {
        const isWorking = WORKING.includes(answer.recalculation_status ?? '');
        const days = daySeries(answer.timeseries, measured.metric, absolute ? 1 : 100);
        const failures = Object.entries(answer.errors ?? {});
        return (
          <>
            <div className="row">
              <Recalculate {...{ experiment, measured, isWorking }} />
              <span className="quiet" role="status">
                {isWorking ? (
                  'The days are being worked out …'
                ) : answer.computed_at === null ? (
                  'Not worked out yet.'
                ) : (
                  <>
                    Worked out <Time at={answer.computed_at} />, {days.days} of{' '}
                    {count(Object.keys(answer.timeseries).length)} days
                  </>
                )}
              </span>
            </div>
            {answer.recalculation_status === 'failed' && (
              <p role="alert">The last time it failed. Try again; what is shown is of before.</p>
            )}
            {failures.length > 0 && (
              <p className="quiet">
                {failures.length === 1 ? 'One day' : `${failures.length} days`} could not be worked
                out: <bdi>{failures[0]?.[1]}</bdi>
              </p>
            )}
            {days.lines.length === 0 ? (
              <Empty title="No days to show yet">
                <p>“Work the days out” makes a result of each day since the start.</p>
              </Empty>
            ) : (
              <SeriesView days={days} experiment={experiment} name={measured.name} />
            )}
          </>
        );
      }}
    </Answer>
  );
}

function Recalculate({ experiment, measured, isWorking }: SeriesOfProps & { isWorking: boolean }) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const work = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.POST('/api/projects/{project}/experiments/{id}/recalculate_timeseries', {
          params: { path: { project: projectOf(group), id: experiment.id } },
          body: {
            metric: measured.metric as never,
            fingerprint: measured.metric.fingerprint ?? '',
          },
        }),
      ),
    onSuccess: () => {
      notices.done('The days are being worked out.');
      void queries.invalidateQueries({
        queryKey: seriesQuery(group, experiment.id, measured).queryKey,
      });
    },
    onError: notices.failed,
  });
  return (
    <Button
      busy={work.isPending || isWorking}
      disabled={!canEdit(experiment)}
      title={canEdit(experiment) ? undefined : 'You may only read in this group.'}
      onClick={() => work.mutate()}
    >
      Work the days out
    </Button>
  );
}

interface SeriesViewProps {
  readonly days: DaySeries;
  readonly experiment: Experiment;
  readonly name: string;
}

function SeriesView({ days, experiment, name }: SeriesViewProps) {
  const lines = useMemo(() => [...days.lines, days.zero], [days]);
  const { absolute, method } = statsOf(experiment);
  const unit = absolute ? '' : ' %';
  return (
    <>
      <p className="quiet">
        Difference from the baseline{absolute ? '' : ', in percent'}, with its{' '}
        {method === 'bayesian' ? 'credible' : 'confidence'} interval as a band. A band that leaves
        the line of zero and narrows speaks for a real difference.
      </p>
      <LineChart
        label={`${name}: difference from the baseline by day; the last values stand below`}
        series={lines}
        time
        height={320}
      />
      <ul>
        {days.lines.map(({ label, y, low, high }) => (
          <li key={label}>
            <bdi>{label}</bdi>: {lastOf(y, unit)} ({lastOf(low, unit)} to {lastOf(high, unit)})
          </li>
        ))}
      </ul>
    </>
  );
}

const lastOf = (values: readonly (number | null)[], unit: string): string => {
  const value = values.findLast((each) => each !== null);
  return value === undefined || value === null ? '–' : `${Number(value.toPrecision(4))}${unit}`;
};
