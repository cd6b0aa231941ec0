import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { dayOf, percent } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Card, Empty, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Facts, FreshnessOf, Name, Time, useNow } from '../../ui/text.tsx';
import { ExperimentActions } from './ab-test-actions.tsx';
import { dayNumber } from './days.ts';
import { MetricsTab } from './metrics-tab.tsx';
import { type Experiment, statsOf, variantsOf } from './model.ts';
import { abTestQuery } from './queries.ts';
import { ResultsTab } from './results-tab.tsx';
import type { TABS } from './search-words.ts';
import { SeriesTab } from './series-tab.tsx';
import { SettingsTab } from './settings-tab.tsx';
import { StatusBadge } from './status-badge.tsx';
import { TestCode } from './test-code.tsx';

const route = getRouteApi('/signed-in/$group/ab-tests/$test');

/** One A/B test: how it stands, what came of it, and all that can be done about it. */
export function AbTestPage() {
  const group = useGroup();
  const { test } = route.useParams();
  const query = useQuery({
    ...abTestQuery(group, Number(test)),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 60_000 : false),
  });
  const experiment = query.data;
  return (
    <Page
      title={experiment?.name ?? `A/B test ${test}`}
      above={
        <Link to="/$group/ab-tests" params={{ group }}>
          A/B tests
        </Link>
      }
      freshness={<FreshnessOf query={query} />}
      actions={experiment !== undefined && <ExperimentActions experiment={experiment} />}
    >
      <Answer query={query}>{(found) => <Body experiment={found} />}</Answer>
    </Page>
  );
}

function Body({ experiment }: { readonly experiment: Experiment }) {
  const { tab = experiment.start_date === null ? 'metrics' : 'results' } = route.useSearch();
  return (
    <>
      <Summary experiment={experiment} />
      <TestTabs experiment={experiment} tab={tab} />
      {tab === 'results' && <Launched experiment={experiment} Tab={ResultsTab} />}
      {tab === 'over-time' && <Launched experiment={experiment} Tab={SeriesTab} />}
      {tab === 'metrics' && <MetricsTab experiment={experiment} />}
      {tab === 'settings' && <SettingsTab experiment={experiment} />}
      {tab === 'code' && (
        <Card title="Take part from a program">
          <p>
            Asking for the flag gives each person one variant for good and reports who takes part.
          </p>
          <TestCode experiment={experiment} />
        </Card>
      )}
    </>
  );
}

interface TestTabsProps {
  readonly experiment: Experiment;
  readonly tab: (typeof TABS)[number];
}

function TestTabs({ experiment, tab }: TestTabsProps) {
  const params = { group: useGroup(), test: String(experiment.id) };
  const link = (to: TestTabsProps['tab'], text: string) => (
    <Link
      to="/$group/ab-tests/$test"
      params={params}
      search={{ tab: to }}
      activeOptions={{ exact: true, includeSearch: true }}
      {...(to === tab && { 'aria-current': 'page' as const })}
    >
      {text}
    </Link>
  );
  return (
    <Tabs label="Parts of this A/B test">
      {link('results', 'Results')}
      {link('over-time', 'Over time')}
      {link('metrics', 'Metrics')}
      {link('settings', 'Settings')}
      {link('code', 'Code')}
    </Tabs>
  );
}

interface LaunchedProps {
  readonly experiment: Experiment;
  readonly Tab: typeof ResultsTab;
}

function Launched({ experiment, Tab }: LaunchedProps) {
  if (experiment.start_date !== null) return <Tab experiment={experiment} />;
  return (
    <Empty title="Not launched yet">
      <p>Results begin with the launch: the button is above. Until then the flag is for nobody.</p>
    </Empty>
  );
}

function Summary({ experiment }: { readonly experiment: Experiment }) {
  const group = useGroup();
  const day = dayNumber(experiment, useNow(60_000));
  const { feature_flag: flag, start_date: start, end_date: end } = experiment;
  const stats = statsOf(experiment);
  const method = stats.method === 'bayesian' ? 'Bayesian' : 'Frequentist';
  return (
    <Card>
      <Facts
        facts={[
          [
            'Status',
            <span key="status" className="row">
              <StatusBadge experiment={experiment} />
            </span>,
          ],
          [
            'Flag',
            flag === null ? (
              <Name key="flag">{experiment.feature_flag_key}</Name>
            ) : (
              <Link key="flag" to="/$group/flags/$flag" params={{ group, flag: String(flag.id) }}>
                <Name>{flag.key}</Name>
              </Link>
            ),
          ],
          [
            'Variants',
            <bdi key="variants">
              {variantsOf(experiment)
                .map(({ key, rollout_percentage: share }) => `${key} ${percent(share / 100)}`)
                .join(', ')}
            </bdi>,
          ],
          ['Started', start === null ? 'not yet' : <Time key="start" at={start} />],
          [
            end === null ? 'Day' : 'Ended',
            end === null ? (day ?? '–') : `${dayOf(end)}, on day ${day ?? '–'}`,
          ],
          ...(experiment.exposure_cohort === null
            ? []
            : ([['Cohort of those reached', String(experiment.exposure_cohort)]] as const)),
          [
            'Statistics',
            `${method}, ${percent(Number(stats.confidence.toFixed(6)))}${stats.sequential ? ', sequential' : ''}${stats.cuped ? ', CUPED' : ''}`,
          ],
        ]}
      />
      {experiment.description !== null && experiment.description !== '' && (
        <p>
          <bdi>{experiment.description}</bdi>
        </p>
      )}
      {experiment.conclusion_comment !== null && experiment.conclusion_comment !== '' && (
        <p>
          <strong>Conclusion:</strong> <bdi>{experiment.conclusion_comment}</bdi>
        </p>
      )}
    </Card>
  );
}
