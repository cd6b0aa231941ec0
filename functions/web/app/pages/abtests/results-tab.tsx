import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Card, Empty } from '../../ui/page.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { ExposuresCard } from './exposures-card.tsx';
import { MetricResults } from './metric-results.tsx';
import { type Experiment, type Measured, measuresOf, statsOf } from './model.ts';
import { type Exposures, exposuresQuery, resultQuery } from './queries.ts';
import { type Exported, reachOf, resultsCsv, rowsOf } from './result-rows.ts';
import { TestCode } from './test-code.tsx';
import { useCaughtUp } from './use-caught-up.ts';
import { FIXED_NOTE, SEQUENTIAL_NOTE } from './words.ts';

/** All results of an experiment that was launched, on one axis. */
export function ResultsTab({ experiment }: { readonly experiment: Experiment }) {
  const group = useGroup();
  const measures = measuresOf(experiment);
  const goesOn = experiment.end_date === null;
  const results = useQueries({
    queries: measures.map((measured) => ({
      ...resultQuery(group, experiment.id, measured),
      refetchInterval: goesOn ? 120_000 : (false as const),
    })),
  });
  const exposures = useQuery(exposuresQuery(group, experiment.id));
  useCaughtUp(
    experiment,
    measures,
    results.map(({ data }) => data),
    exposures.data,
  );
  const answered = measures.flatMap((measured, at): (Exported & Measured)[] => {
    const result = results[at]?.data;
    return result === undefined ? [] : [{ ...measured, result }];
  });
  const reach = reachOf(answered.flatMap(({ metric, result }) => rowsOf(metric, result)));
  const stats = statsOf(experiment);
  const list = (primary: boolean) =>
    measures.flatMap((measured, at) => {
      const query = results[at];
      if (query === undefined || measured.primary !== primary) return [];
      return [<MetricResults key={measured.id} {...{ experiment, measured, query, reach }} />];
    });
  const [primary, secondary] = [list(true), list(false)];
  return (
    <>
      <ExposuresCard experiment={experiment} />
      <NoEvents experiment={experiment} exposures={exposures.data} />
      <Card
        title="Primary metrics"
        actions={
          answered.length > 0 && <ExportButtons experiment={experiment} results={answered} />
        }
      >
        {stats.method === 'frequentist' && (
          <p className="quiet">{stats.sequential ? SEQUENTIAL_NOTE : FIXED_NOTE}</p>
        )}
        {primary.length > 0 ? primary : <NoMetrics experiment={experiment} />}
      </Card>
      <OlderKinds experiment={experiment} measures={measures} />
      {secondary.length > 0 && <Card title="Secondary metrics">{secondary}</Card>}
    </>
  );
}

/** Metrics of kinds that the API stores and works nothing out for. */
function OlderKinds({
  experiment,
  measures,
}: {
  experiment: Experiment;
  measures: readonly Measured[];
}) {
  const { metrics, metrics_secondary: others, saved_metrics: saved } = experiment;
  const left = metrics.length + others.length + saved.length - measures.length;
  if (left <= 0) return null;
  return (
    <p className="quiet">
      {left === 1 ? 'One more metric is' : `${left} more metrics are`} of an older kind that no
      results are worked out for.
    </p>
  );
}

const NoMetrics = ({ experiment }: { experiment: Experiment }) => (
  <Empty
    title="No metric yet"
    action={
      <Link
        to="/$group/ab-tests/$test"
        params={{ group: useGroup(), test: String(experiment.id) }}
        search={{ tab: 'metrics' }}
      >
        Add a metric
      </Link>
    }
  >
    <p>Say what should change: sales, sign-ups, errors. Results then stand here.</p>
  </Empty>
);

/** Code to begin with, while nobody has been seen. */
function NoEvents({
  experiment,
  exposures,
}: {
  experiment: Experiment;
  exposures: Exposures | undefined;
}) {
  if (exposures === undefined) return null;
  const total = Object.values(exposures.total_exposures).reduce((sum, each) => sum + each, 0);
  if (total > 0) return null;
  return (
    <Card title="Nobody has taken part yet">
      <p>
        Ask for the flag where the variants differ: that reports who takes part. Then send the
        events that the metrics count, with the same id of the person.
      </p>
      <TestCode experiment={experiment} />
    </Card>
  );
}

interface ExportProps {
  readonly experiment: Experiment;
  readonly results: readonly Exported[];
}

function ExportButtons({ experiment, results }: ExportProps) {
  const name = `ab-test-${experiment.id}-results`;
  const json = () =>
    JSON.stringify(
      {
        experiment: experiment.id,
        name: experiment.name,
        results: results.map(({ name: metric, metric: definition, result }) => ({
          metric,
          definition,
          result,
        })),
      },
      null,
      2,
    );
  return (
    <div className="row">
      <Button kind="quiet" onClick={() => saveFile(`${name}.csv`, 'text/csv', resultsCsv(results))}>
        Export as CSV
      </Button>
      <Button kind="quiet" onClick={() => saveFile(`${name}.json`, 'application/json', json())}>
        Export as JSON
      </Button>
    </div>
  );
}
