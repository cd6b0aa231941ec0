import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { AboutTab } from './about-tab.tsx';
import { ChartsTab } from './charts-tab.tsx';
import { type Experiment, experimentQuery, NOTE_TAG, tagOf } from './experiment-data.ts';
import { LoggedModelsTab } from './logged-models-tab.tsx';
import './experiments.css';
import { RunsTab } from './runs/runs-tab.tsx';

const route = getRouteApi('/signed-in/$group/experiments/$experiment');

const TABS = { runs: 'Runs', charts: 'Charts', models: 'Logged models', about: 'About' } as const;

/** One experiment: its runs above all. */
export function ExperimentPage() {
  const group = useGroup();
  const { experiment: id } = route.useParams();
  const query = useQuery(experimentQuery(group, id));
  const above = (
    <Link to="/$group/experiments" params={{ group }}>
      Experiments
    </Link>
  );
  return (
    <Page title={query.data?.name ?? 'Experiment'} above={above}>
      <Answer query={query}>
        {(experiment) => <Parts key={id} group={group} experiment={experiment} />}
      </Answer>
    </Page>
  );
}

interface PartsProps {
  readonly group: number;
  readonly experiment: Experiment;
}

function Parts({ group, experiment }: PartsProps) {
  const { tab = 'runs' } = route.useSearch();
  const id = experiment.experiment_id;
  const [selected, onSelect] = useState<ReadonlySet<string>>(new Set());
  const choice = { selected, onSelect };
  const note = tagOf(experiment, NOTE_TAG) ?? '';
  return (
    <>
      {experiment.lifecycle_stage === 'deleted' && (
        <p>
          <Badge tone="warn">Deleted</Badge> It can be restored under “About”.
        </p>
      )}
      {note !== '' && tab === 'runs' && (
        <p className="experiment-note" title={note}>
          <Name>{note}</Name>
        </p>
      )}
      <Tabs label="Parts of the experiment">
        {(['runs', 'charts', 'models', 'about'] as const).map((each) => (
          <Link
            key={each}
            from="/$group/experiments/$experiment"
            to="/$group/experiments/$experiment"
            params={{ group, experiment: id }}
            search={(old) => ({ ...old, tab: each === 'runs' ? undefined : each })}
            activeOptions={{ exact: true, explicitUndefined: true }}
          >
            {TABS[each]}
          </Link>
        ))}
      </Tabs>
      {tab === 'runs' && <RunsTab group={group} experiment={experiment} {...choice} />}
      {tab === 'charts' && <ChartsTab group={group} experiment={id} selected={choice.selected} />}
      {tab === 'models' && <LoggedModelsTab group={group} experiment={id} />}
      {tab === 'about' && <AboutTab group={group} experiment={experiment} />}
    </>
  );
}
