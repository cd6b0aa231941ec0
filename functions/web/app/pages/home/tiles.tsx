import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import type { JobsState } from '../jobs/jobs-search.ts';
import type { Overview } from './overview-query.ts';

/** The figures of the group's jobs, each a way to them. */
export function Tiles({ overview: { jobs } }: { readonly overview: Overview }) {
  const { running, queued, deferred, finishedSince, failedSince, isComplete } = jobs;
  const least = (figure: number): string => (isComplete ? count(figure) : `≥ ${count(figure)}`);
  return (
    <ul className="home-tiles" aria-label="Jobs">
      <Tile state="running" figure={count(running)} what="running" tone="busy" />
      <Tile
        state="waiting"
        figure={count(queued + deferred)}
        what={deferred === 0 ? 'waiting' : `waiting, ${count(deferred)} of them for other jobs`}
      />
      <Tile state="finished" figure={least(finishedSince)} what="finished in 24 h" />
      <Tile
        state="failed"
        figure={least(failedSince)}
        what="failed in 24 h"
        tone={failedSince > 0 ? 'bad' : ''}
      />
    </ul>
  );
}

interface TileProps {
  readonly state: JobsState;
  readonly figure: ReactNode;
  readonly what: string;
  readonly tone?: string;
}

function Tile({ state, figure, what, tone = '' }: TileProps) {
  const group = useGroup();
  return (
    <li>
      <Link
        to="/$group/jobs"
        params={{ group }}
        search={{ state, ...(state === 'failed' && { sort: 'lastModifiedOn' as const }) }}
        className={`home-tile ${tone}`}
      >
        <strong>{figure}</strong> <span>{what}</span>
      </Link>
    </li>
  );
}
