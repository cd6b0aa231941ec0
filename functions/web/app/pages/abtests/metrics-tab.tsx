import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Card } from '../../ui/page.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { describeMetric, type Metric } from './metric.ts';
import { MetricDialog } from './metric-dialog.tsx';
import { draftOf } from './metric-draft.ts';
import { moved, withMetric, withoutMetric, withSaved } from './metric-lists.ts';
import { canEdit, type Experiment, type Measured, measuresOf } from './model.ts';
import { savedMetricsQuery } from './queries.ts';
import { useChange } from './use-change.ts';
import './metrics-tab.css';

/** What an experiment is measured by, to be changed. */
export function MetricsTab({ experiment }: { readonly experiment: Experiment }) {
  const measures = measuresOf(experiment);
  return (
    <>
      <MetricList experiment={experiment} primary measures={measures.filter((m) => m.primary)} />
      <MetricList
        experiment={experiment}
        primary={false}
        measures={measures.filter((m) => !m.primary)}
      />
      {experiment.start_date !== null && (
        <p className="quiet">
          Another metric, or a change of one, is worked out from all events since the start.
        </p>
      )}
    </>
  );
}

interface ListProps {
  readonly experiment: Experiment;
  readonly primary: boolean;
  readonly measures: readonly Measured[];
}

function MetricList({ experiment, primary, measures }: ListProps) {
  const [edited, setEdited] = useState<Measured | 'new'>();
  const [removed, setRemoved] = useState<Measured>();
  const change = useChange(experiment, 'The metrics were changed.', () => {
    setEdited(undefined);
    setRemoved(undefined);
  });
  const notices = useNotices();
  const order = (measured: Measured, by: -1 | 1): void =>
    change.mutate(moved(measures, measured, by), { onError: notices.failed });
  const mayEdit = canEdit(experiment);
  return (
    <Card
      title={primary ? 'Primary metrics' : 'Secondary metrics'}
      actions={
        mayEdit && (
          <div className="row">
            <SavedChoice experiment={experiment} primary={primary} />
            <Button onClick={() => setEdited('new')}>
              {primary ? 'Add a primary metric' : 'Add a secondary metric'}
            </Button>
          </div>
        )
      }
    >
      {measures.length === 0 && (
        <p className="quiet">
          {primary
            ? 'None yet. The primary metrics decide whether a variant is better.'
            : 'None. Secondary metrics tell what else changed, such as errors.'}
        </p>
      )}
      <ul className="metrics-list">
        {measures.map((measured, at) => (
          <MetricItem
            key={measured.id}
            measured={measured}
            {...(mayEdit && {
              onEdit: () => setEdited(measured),
              onRemove: () => setRemoved(measured),
              ...(at > 0 && { onUp: () => order(measured, -1) }),
              ...(at < measures.length - 1 && { onDown: () => order(measured, 1) }),
            })}
          />
        ))}
      </ul>
      {edited !== undefined && (
        <MetricDialog
          title={edited === 'new' ? 'New metric' : `Metric “${edited.name}”`}
          start={edited === 'new' ? draftOf('mean') : edited.metric}
          action={edited === 'new' ? 'Add it' : 'Save it'}
          busy={change.isPending}
          error={change.error}
          onClose={() => {
            change.reset();
            setEdited(undefined);
          }}
          onSave={(metric: Metric) => change.mutate(withMetric(experiment, primary, metric))}
        />
      )}
      <Confirm
        title="Remove the metric"
        open={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        action="Remove it"
        danger
        busy={change.isPending}
        onConfirm={() => {
          if (removed === undefined) return;
          change.mutate(withoutMetric(experiment, removed), { onError: notices.failed });
        }}
      >
        <p>
          “<Name>{removed?.name ?? ''}</Name>” goes from this A/B test. The events stay: it can be
          added again and is then worked out anew.
        </p>
      </Confirm>
    </Card>
  );
}

interface ItemProps {
  readonly measured: Measured;
  readonly onEdit?: () => void;
  readonly onRemove?: () => void;
  readonly onUp?: () => void;
  readonly onDown?: () => void;
}

function MetricItem({ measured, onEdit, onRemove, onUp, onDown }: ItemProps) {
  const { metric, name, savedId } = measured;
  const group = useGroup();
  return (
    <li className="metrics-item">
      <div>
        <strong>
          <Name>{name}</Name>
        </strong>{' '}
        {savedId !== undefined && (
          <Link to="/$group/saved-metrics" params={{ group }}>
            <Badge>saved metric</Badge>
          </Link>
        )}
        <p className="quiet">
          {metric.metric_type} · <bdi>{describeMetric(metric)}</bdi>
          {metric.goal === 'decrease' ? ' · less is better' : ' · more is better'}
          {metric.conversion_window
            ? ` · within ${metric.conversion_window} ${metric.conversion_window_unit}s`
            : ''}
        </p>
      </div>
      <div className="row">
        {onUp !== undefined && (
          <Button kind="quiet" onClick={onUp} aria-label={`Move up: ${name}`}>
            ↑
          </Button>
        )}
        {onDown !== undefined && (
          <Button kind="quiet" onClick={onDown} aria-label={`Move down: ${name}`}>
            ↓
          </Button>
        )}
        {onEdit !== undefined && savedId === undefined && (
          <Button kind="quiet" onClick={onEdit} aria-label={`Edit: ${name}`}>
            Edit
          </Button>
        )}
        {onRemove !== undefined && (
          <Button kind="quiet" onClick={onRemove} aria-label={`Remove: ${name}`}>
            Remove
          </Button>
        )}
      </div>
    </li>
  );
}

/** Saved metrics that the experiment is not measured by yet. */
function SavedChoice({ experiment, primary }: Pick<ListProps, 'experiment' | 'primary'>) {
  const saved = useQuery(savedMetricsQuery(useGroup()));
  const notices = useNotices();
  const change = useChange(experiment, 'The saved metric was added.');
  const used = new Set(experiment.saved_metrics.map(({ saved_metric: id }) => id));
  const free = (saved.data?.results ?? []).filter(({ id }) => !used.has(id));
  if (free.length === 0) return null;
  return (
    <Menu label="Add a saved metric">
      {free.map(({ id, name }) => (
        <Button
          key={id}
          kind="quiet"
          onClick={() =>
            change.mutate(withSaved(experiment, primary, id), { onError: notices.failed })
          }
        >
          <Name>{name}</Name>
        </Button>
      ))}
    </Menu>
  );
}
