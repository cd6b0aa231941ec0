import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { count, percent } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { LineChart, type Series } from '../../ui/line-chart.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { FreshnessOf, Name } from '../../ui/text.tsx';
import type { Experiment } from './model.ts';
import { PlanProgress } from './plan-progress.tsx';
import { type Exposures, exposuresQuery } from './queries.ts';
import { type Mismatch, mismatchOf } from './words.ts';
import './exposures-card.css';

/** People whom several variants reached stand apart. */
const variantName = (key: string): string =>
  key === '$multiple' ? 'several variants (not counted)' : key;

/** How many take part in which variant, day by day, and whether they were split as meant. */
export function ExposuresCard({ experiment }: { readonly experiment: Experiment }) {
  const query = useQuery({
    ...exposuresQuery(useGroup(), experiment.id),
    refetchInterval: experiment.end_date === null ? 120_000 : false,
  });
  return (
    <Card title="People who take part" actions={<FreshnessOf query={query} />}>
      <Answer query={query} loading="Counting who takes part …">
        {(exposures) => <ExposuresView experiment={experiment} exposures={exposures} />}
      </Answer>
    </Card>
  );
}

interface ExposuresViewProps {
  readonly experiment: Experiment;
  readonly exposures: Exposures;
}

function ExposuresView({ experiment, exposures }: ExposuresViewProps) {
  const mismatch = mismatchOf(exposures);
  const totals = Object.entries(exposures.total_exposures);
  const all = totals.reduce((sum, [, each]) => sum + each, 0);
  return (
    <div className="exposures">
      {mismatch !== undefined && <MismatchNote mismatch={mismatch} />}
      <div className="exposures-body">
        <table className="exposures-table">
          <thead>
            <tr>
              <th scope="col">Variant</th>
              <th scope="col" className="number">
                People
              </th>
              <th scope="col" className="number">
                Share
              </th>
            </tr>
          </thead>
          <tbody>
            {totals.map(([key, people]) => (
              <tr key={key}>
                <th scope="row">
                  <Name>{variantName(key)}</Name>
                </th>
                <td className="number">{count(people)}</td>
                <td className="number">{all === 0 ? '–' : percent(people / all)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">All</th>
              <td className="number">{count(all)}</td>
              <td />
            </tr>
          </tfoot>
        </table>
        {all > 0 && <ExposureChart exposures={exposures} />}
      </div>
      <PlanProgress experiment={experiment} people={all} />
      {mismatch === undefined && exposures.sample_ratio_mismatch !== null && (
        <p className="quiet">
          The shares fit the split of the flag (p ={' '}
          {exposures.sample_ratio_mismatch.p_value.toPrecision(2)}).
        </p>
      )}
    </div>
  );
}

function ExposureChart({ exposures }: { readonly exposures: Exposures }) {
  const series = useMemo(
    () =>
      exposures.timeseries.map(
        ({ variant, days, exposure_counts: counts }): Series => ({
          label: variantName(variant),
          x: days.map((day) => Date.parse(day) / 1000),
          y: counts,
        }),
      ),
    [exposures],
  );
  const days = exposures.timeseries[0]?.days.length ?? 0;
  return (
    <div className="exposures-chart">
      <LineChart
        label={`People who take part, by variant, over ${days} days; the table beside it has the totals`}
        series={series}
        time
        height={190}
      />
    </div>
  );
}

function MismatchNote({ mismatch }: { readonly mismatch: Mismatch }) {
  return (
    <div role="alert" className="exposures-mismatch">
      <h3>Sample ratio mismatch</h3>
      <p>{mismatch.sentence}</p>
      <ul>
        {mismatch.rows.map(({ key, observed, expected }) => (
          <li key={key}>
            <Name>{key}</Name>: {count(observed)} people, {count(expected)} expected
          </li>
        ))}
      </ul>
    </div>
  );
}
