import { type UseQueryResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote, Loading } from '../../ui/page.tsx';
import { Badge, Name, Time, type Tone } from '../../ui/text.tsx';
import { IntervalAxis, IntervalPlot } from './interval-plot.tsx';
import { describeMetric, type Metric } from './metric.ts';
import { type Experiment, type Measured, statsOf } from './model.ts';
import { type Result, renewResult } from './queries.ts';
import { type ResultRow, rowsOf, type Verdict, verdictOf } from './result-rows.ts';
import {
  chanceText,
  difference,
  failureSentence,
  metricValue,
  pValueText,
  type Stats,
  significanceSentence,
} from './words.ts';
import './metric-results.css';

const VERDICTS: Readonly<Record<Verdict, readonly [string, Tone]>> = {
  better: ['Better, significant', 'good'],
  worse: ['Worse, significant', 'bad'],
  open: ['Not significant', 'plain'],
  'too-little': ['Too little data', 'warn'],
  baseline: ['Baseline', 'plain'],
};

interface MetricResultsProps {
  readonly experiment: Experiment;
  readonly measured: Measured;
  readonly query: UseQueryResult<Result>;
  /** Of the axis that all results of the page share. */
  readonly reach: number;
}

/** What came of one metric: a row for each variant, and what it means in words. */
export function MetricResults({ experiment, measured, query, reach }: MetricResultsProps) {
  const { metric, name } = measured;
  return (
    <section className="metric-results" aria-label={name}>
      <header className="metric-results-head">
        <div>
          <h3>
            <Name>{name}</Name> {measured.savedId !== undefined && <Badge>saved metric</Badge>}
          </h3>
          <p className="quiet">
            {metric.metric_type} · <bdi>{describeMetric(metric)}</bdi>
            {metric.goal === 'decrease' && ' · less is better'}
          </p>
        </div>
        <ResultAge experiment={experiment} measured={measured} query={query} />
      </header>
      {query.data !== undefined ? (
        <ResultTable
          name={name}
          metric={metric}
          rows={rowsOf(metric, query.data)}
          stats={statsOf(experiment)}
          reach={reach}
        />
      ) : query.isError ? (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading what="Working the result out …" />
      )}
    </section>
  );
}

type AgeProps = Omit<MetricResultsProps, 'reach'>;

/** When it was worked out, and the button that has it worked out anew. */
function ResultAge({ experiment, measured, query }: AgeProps) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const anew = useMutation({
    mutationFn: () => renewResult(queries, group, experiment.id, measured),
    onSuccess: () => notices.done(`“${measured.name}” was worked out anew.`),
    onError: notices.failed,
  });
  if (query.data === undefined) return null;
  return (
    <span className="row quiet">
      <span>
        {query.data.is_cached ? 'Kept, as of ' : 'Worked out '}
        <Time at={query.data.last_refresh} />
      </span>
      <Button kind="quiet" busy={anew.isPending} onClick={() => anew.mutate()}>
        ↻ Work out anew
      </Button>
    </span>
  );
}

interface TableProps {
  readonly name: string;
  readonly metric: Metric;
  readonly rows: readonly ResultRow[];
  readonly stats: Stats;
  readonly reach: number;
}

function ResultTable({ name, metric, rows, stats, reach }: TableProps) {
  const failure = failureSentence(rows);
  const sentences = rows
    .filter(({ isBaseline }) => !isBaseline)
    .map((row) => significanceSentence(metric, row, stats))
    .filter((sentence) => sentence !== '');
  const interval = stats.method === 'bayesian' ? 'Credible interval' : 'Confidence interval';
  return (
    <>
      <section
        className="metric-results-table"
        aria-label={`${name}: by variant`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col" className="number">
                People
              </th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col" className="number">
                Difference
              </th>
              <th scope="col" className="metric-results-plot">
                {interval}
                <IntervalAxis reach={reach} show={(value) => difference(value, stats.absolute)} />
              </th>
              <th scope="col" className="number">
                {stats.method === 'bayesian' ? 'Chance to win' : 'p-value'}
              </th>
              <th scope="col">Result</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <VariantRow key={row.key} {...{ metric, row, stats, reach }} />
            ))}
          </tbody>
        </table>
      </section>
      {failure !== undefined && (
        <p className="metric-results-note warn">
          <bdi>{failure}</bdi>
        </p>
      )}
      {sentences.map((sentence) => (
        <p key={sentence} className="metric-results-note">
          <bdi>{sentence}</bdi>
        </p>
      ))}
    </>
  );
}

type RowProps = Omit<TableProps, 'rows' | 'name'> & { readonly row: ResultRow };

function VariantRow({ metric, row, stats, reach }: RowProps) {
  const verdict = verdictOf(metric, row);
  const [word, tone] = VERDICTS[verdict];
  const { low, high, estimate } = row;
  const show = (value: number): string => difference(value, stats.absolute);
  const interval =
    low === undefined || high === undefined ? 'no interval' : `${show(low)} to ${show(high)}`;
  return (
    <tr>
      <th scope="row">
        <Name>{row.key}</Name>
      </th>
      <td className="number">{count(row.people)}</td>
      <td className="number">
        {metricValue(metric.metric_type, row.value)}
        {row.steps !== undefined && (
          <span className="quiet metric-results-steps"> {row.steps.map(count).join(' → ')}</span>
        )}
      </td>
      <td className="number">{estimate === undefined ? '–' : show(estimate)}</td>
      <td className="metric-results-plot">
        {row.isBaseline ? (
          <span className="quiet">others are compared with it</span>
        ) : (
          <>
            <IntervalPlot {...{ row, reach, verdict }} label={`${row.key}: ${interval}`} />
            <span className="quiet">{interval}</span>
          </>
        )}
      </td>
      <td className="number">
        {row.chanceToWin !== undefined && chanceText(row.chanceToWin)}
        {row.pValue !== undefined && pValueText(row.pValue)}
      </td>
      <td>
        <Badge tone={tone}>{word}</Badge>
      </td>
    </tr>
  );
}
