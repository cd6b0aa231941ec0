import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { exposedPeople, isBehind, type Renewal } from './kept-result.ts';
import type { Experiment, Measured } from './model.ts';
import { type Exposures, type Result, renewResult } from './queries.ts';

/** Has kept results worked out anew that know of fewer people than the exposures do. */
export function useCaughtUp(
  { id }: Experiment,
  measures: readonly Measured[],
  results: readonly (Result | undefined)[],
  exposures: Exposures | undefined,
): void {
  const group = useGroup();
  const queries = useQueryClient();
  useEffect(() => {
    if (exposures === undefined) return;
    measures.forEach((measured, index) => {
      const result = results[index];
      if (result === undefined) return;
      const { id: metric, metric: asked } = measured;
      const key = ['ab-test-renewal', group, id, metric, asked.fingerprint] as const;
      const at = Date.now();
      const totals = exposures.total_exposures;
      if (!isBehind(result, totals, queries.getQueryData<Renewal>(key), at)) return;
      queries.setQueryData<Renewal>(key, { people: exposedPeople(result, totals), at });
      // Nobody asked for it: where it fails, the kept result stays, with the time that it is of.
      renewResult(queries, group, id, measured).catch(() => undefined);
    });
  });
}
