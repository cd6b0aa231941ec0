import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { Badge, FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { EditDelete } from './edit-delete.tsx';
import { describeMetric, metricOf } from './metric.ts';
import { projectOf, type SavedMetric, savedMetricsQuery } from './queries.ts';
import { SavedMetricDialog } from './saved-metric-dialog.tsx';
import { useRights } from './use-rights.ts';

/** Metrics that experiments share. */
export function SavedMetricsPage() {
  const group = useGroup();
  const { whyNotWrite } = useRights();
  const query = useQuery(savedMetricsQuery(group));
  const [edited, setEdited] = useState<SavedMetric | 'new'>();
  const [removed, setRemoved] = useState<SavedMetric>();
  return (
    <Page
      title="Saved metrics"
      freshness={<FreshnessOf query={query} />}
      actions={
        <Button
          kind="primary"
          disabled={whyNotWrite !== undefined}
          title={whyNotWrite}
          onClick={() => setEdited('new')}
        >
          New saved metric
        </Button>
      }
    >
      <p className="quiet">
        A saved metric is defined once and measured in many A/B tests; a change of it changes all of
        them.
      </p>
      <Answer query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <Empty title="No saved metrics yet">
              <p>Save what you measure again and again: sales, sign-ups, errors.</p>
            </Empty>
          ) : (
            <DataTable
              label="Saved metrics"
              columns={columnsOf(setEdited, setRemoved, whyNotWrite)}
              rows={results}
              rowId={({ id }) => String(id)}
            />
          )
        }
      </Answer>
      {edited !== undefined && (
        <SavedMetricDialog
          saved={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      <RemoveSaved saved={removed} onClose={() => setRemoved(undefined)} />
    </Page>
  );
}

type Act = (saved: SavedMetric) => void;

const columnsOf = (
  edit: Act,
  remove: Act,
  why: string | undefined,
): readonly Column<SavedMetric>[] => [
  { id: 'name', title: 'Name', width: 220, cell: ({ name }) => <Name>{name}</Name> },
  {
    id: 'measures',
    title: 'What it measures',
    width: 320,
    cell: ({ query }) => {
      const metric = metricOf(query);
      if (metric === undefined) return <span className="quiet">of an older kind</span>;
      return <Name>{`${metric.metric_type}: ${describeMetric(metric)}`}</Name>;
    },
  },
  {
    id: 'description',
    title: 'What for',
    width: 220,
    cell: ({ description }) => <Name>{description ?? ''}</Name>,
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 140,
    cell: ({ tags }) => (
      <span className="row">
        {tags.map((tag) => (
          <Badge key={tag}>
            <Name>{tag}</Name>
          </Badge>
        ))}
      </span>
    ),
  },
  { id: 'changed', title: 'Changed', width: 120, cell: ({ updated_at: at }) => <Time at={at} /> },
  {
    id: 'actions',
    title: 'Actions',
    width: 180,
    cell: (saved) => (
      <EditDelete
        name={saved.name}
        why={why}
        edit={() => edit(saved)}
        remove={() => remove(saved)}
      />
    ),
  },
];

interface RemoveProps {
  readonly saved: SavedMetric | undefined;
  readonly onClose: () => void;
}

function RemoveSaved({ saved, onClose }: RemoveProps) {
  const group = useGroup();
  return (
    <ConfirmDelete
      row={saved}
      title="Delete the saved metric"
      action="Delete it"
      done="The saved metric was deleted."
      remove={({ id }) =>
        answerOf(
          posthog.DELETE('/api/projects/{project}/experiment_saved_metrics/{id}', {
            params: { path: { project: projectOf(group), id } },
          }),
        )
      }
      changes={[savedMetricsQuery(group).queryKey]}
      onClose={onClose}
    >
      <p>
        “<Name>{saved?.name ?? ''}</Name>” goes for good, also from the A/B tests that are measured
        by it. This cannot be undone.
      </p>
    </ConfirmDelete>
  );
}
