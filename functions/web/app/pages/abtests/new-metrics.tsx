import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { describeMetric, type Metric } from './metric.ts';
import { MetricDialog } from './metric-dialog.tsx';
import { draftOf } from './metric-draft.ts';
import type { NewTest } from './new-test.ts';
import { savedMetricsQuery } from './queries.ts';

interface NewMetricsProps {
  readonly test: NewTest;
  readonly change: (part: Partial<NewTest>) => void;
}

/** The metrics of an experiment that is to be made: its own and saved ones. */
export function NewMetrics(props: NewMetricsProps) {
  return (
    <>
      <NewList {...props} primary />
      <NewList {...props} primary={false} />
    </>
  );
}

function NewList({ test, change, primary }: NewMetricsProps & { readonly primary: boolean }) {
  const [open, setOpen] = useState<number | 'new'>();
  const metrics = primary ? test.primary : test.secondary;
  const set = (next: readonly Metric[]): void =>
    change(primary ? { primary: next } : { secondary: next });
  const edited = typeof open === 'number' ? metrics[open] : undefined;
  const title = primary ? 'Primary' : 'Secondary';
  return (
    <section className="stack" aria-label={`${title} metrics`}>
      <div className="row">
        <h3>{title}</h3>
        <Button onClick={() => setOpen('new')}>Add a {title.toLowerCase()} metric</Button>
        <SavedMenu test={test} change={change} primary={primary} />
      </div>
      {metrics.map((metric, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: new metrics have no id yet
        <div key={at} className="row">
          <strong>
            <Name>{metric.name || describeMetric(metric)}</Name>
          </strong>
          <span className="quiet">
            {metric.metric_type} · <bdi>{describeMetric(metric)}</bdi>
          </span>
          <Button kind="quiet" onClick={() => setOpen(at)}>
            Edit
          </Button>
          <Button kind="quiet" onClick={() => set(metrics.filter((_, index) => index !== at))}>
            Remove
          </Button>
        </div>
      ))}
      <SavedRows test={test} change={change} primary={primary} />
      {open !== undefined && (
        <MetricDialog
          title={`${title} metric`}
          start={edited ?? draftOf('mean')}
          action={edited === undefined ? 'Add it' : 'Keep it'}
          onClose={() => setOpen(undefined)}
          onSave={(metric) => {
            set(
              open === 'new'
                ? [...metrics, metric]
                : metrics.map((each, index) => (index === open ? metric : each)),
            );
            setOpen(undefined);
          }}
        />
      )}
    </section>
  );
}

type PartProps = NewMetricsProps & { readonly primary: boolean };

function SavedMenu({ test, change, primary }: PartProps) {
  const saved = useQuery(savedMetricsQuery(useGroup()));
  const used = new Set(test.saved.map(({ id }) => id));
  const free = (saved.data?.results ?? []).filter(({ id }) => !used.has(id));
  if (free.length === 0) return null;
  return (
    <Menu label="Saved metric">
      {free.map(({ id, name }) => (
        <Button
          key={id}
          kind="quiet"
          onClick={() => change({ saved: [...test.saved, { id, primary }] })}
        >
          <Name>{name}</Name>
        </Button>
      ))}
    </Menu>
  );
}

function SavedRows({ test, change, primary }: PartProps) {
  const saved = useQuery(savedMetricsQuery(useGroup()));
  const nameOf = (id: number): string =>
    saved.data?.results.find((each) => each.id === id)?.name ?? `saved metric ${id}`;
  return test.saved
    .filter((each) => each.primary === primary)
    .map(({ id }) => (
      <div key={id} className="row">
        <strong>
          <Name>{nameOf(id)}</Name>
        </strong>
        <Badge>saved metric</Badge>
        <Button
          kind="quiet"
          onClick={() => change({ saved: test.saved.filter((each) => each.id !== id) })}
        >
          Remove
        </Button>
      </div>
    ));
}
