import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { count, percent } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Card, ErrorNote } from '../../ui/page.tsx';
import { projectOf } from './queries.ts';

const KINDS = [
  ['funnel', 'share of people who do it (funnel)'],
  ['count', 'events for each person'],
  ['value', 'value for each person (sum or average)'],
  ['retention', 'share of people who come back'],
  ['ratio', 'ratio'],
] as const;
type Kind = (typeof KINDS)[number][0];

interface RunningTimeProps {
  readonly variants: number;
  readonly effect: string;
  readonly onEffect: (effect: string) => void;
}

const positive = (text: string): number | undefined => {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) && value > 0 ? value : undefined;
};

/** How many people an experiment needs and how long it takes, as one types. */
export function RunningTime({ variants, effect, onEffect }: RunningTimeProps) {
  const [kind, setKind] = useState<Kind>('funnel');
  const [baseline, setBaseline] = useState('10');
  const [variance, setVariance] = useState('');
  const [pace, setPace] = useState('500');
  const isShare = kind === 'funnel' || kind === 'retention';
  const needsVariance = kind === 'ratio' || kind === 'retention';
  const typed = positive(baseline);
  const mean = typed !== undefined && isShare ? typed / 100 : typed;
  const ownVariance =
    positive(variance) ??
    (kind === 'retention' && mean !== undefined && mean < 1 ? mean * (1 - mean) : undefined);
  return (
    <Card title="How long will it take?">
      <SelectField
        label="What is measured"
        value={kind}
        onChange={({ target }) =>
          setKind(KINDS.find(([name]) => name === target.value)?.[0] ?? 'funnel')
        }
      >
        {KINDS.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </SelectField>
      <TextField
        label={isShare ? 'It is now, in %' : 'It is now'}
        inputMode="decimal"
        value={baseline}
        onChange={({ target }) => setBaseline(target.value)}
      />
      {needsVariance && (
        <TextField
          label="Variance of one person"
          inputMode="decimal"
          placeholder={kind === 'retention' ? 'of a share: p (1 − p)' : ''}
          value={variance}
          onChange={({ target }) => setVariance(target.value)}
        />
      )}
      <TextField
        label="Least change worth finding, in %"
        hint="Of what it is now: 10% of a share of 10% is one point."
        inputMode="decimal"
        value={effect}
        onChange={({ target }) => onEffect(target.value)}
      />
      <TextField
        label="People who take part each day"
        inputMode="decimal"
        value={pace}
        onChange={({ target }) => setPace(target.value)}
      />
      <Plan
        asked={{
          metric_type: kind,
          baseline: isShare && mean !== undefined && mean >= 1 ? undefined : mean,
          variance: needsVariance ? ownVariance : undefined,
          minimum_detectable_effect: positive(effect),
          number_of_variants: variants,
          exposures_per_day: positive(pace),
        }}
        isComplete={!needsVariance || ownVariance !== undefined}
      />
    </Card>
  );
}

interface Asked {
  readonly metric_type: Kind;
  readonly baseline: number | undefined;
  readonly variance: number | undefined;
  readonly minimum_detectable_effect: number | undefined;
  readonly number_of_variants: number;
  readonly exposures_per_day: number | undefined;
}

function Plan({ asked, isComplete }: { readonly asked: Asked; readonly isComplete: boolean }) {
  const group = useGroup();
  const { baseline, minimum_detectable_effect: effect, variance, exposures_per_day: pace } = asked;
  const isAskable =
    isComplete && baseline !== undefined && effect !== undefined && effect <= 1_000_000;
  const query = useQuery({
    queryKey: ['running-time', group, asked],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}/experiments/running_time', {
          params: {
            path: { project: projectOf(group) },
            query: {
              metric_type: asked.metric_type,
              baseline: baseline ?? 1,
              minimum_detectable_effect: effect ?? 30,
              number_of_variants: Math.min(20, Math.max(2, asked.number_of_variants)),
              ...(variance !== undefined && { variance }),
              ...(pace !== undefined && { exposures_per_day: pace }),
            },
          },
        }),
      ),
    enabled: isAskable,
    placeholderData: keepPreviousData,
    staleTime: 600_000,
  });
  if (!isAskable) return <p className="quiet">Fill in all fields with numbers above 0.</p>;
  if (query.isError) return <ErrorNote error={query.error} />;
  const { recommended_sample_size: people, recommended_running_time: days } = query.data ?? {};
  return (
    <p role="status" aria-live="polite" className="running-time">
      {people === undefined || people === null ? (
        'Nothing can be planned with these numbers.'
      ) : (
        <>
          <strong>{count(people)} people</strong> in all {asked.number_of_variants} variants
          {days !== null && days !== undefined && (
            <>
              ,{' '}
              <strong>
                {count(days)} {days === 1 ? 'day' : 'days'}
              </strong>
            </>
          )}
          . A change of {effect}% is then found with a chance of {percent(query.data?.power ?? 0.8)}
          , at a level of 5%.
        </>
      )}
    </p>
  );
}
