import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { duration } from '../../../data/format.ts';
import { useGroup } from '../../../data/use-group.ts';
import { CopyButton, Facts, Name, Time, useNow } from '../../../ui/text.tsx';
import {
  childrenQuery,
  isUnderWay,
  jobOf,
  nameOf,
  PARENT_TAG,
  type Run,
  runQuery,
  sourceOf,
  tagOf,
  userOf,
} from '../run-data.ts';
import { RunLink } from '../run-link.tsx';
import { RunStatusBadge } from './run-status.tsx';

/** What is known of a run before its figures. */
export function RunFacts({ run }: { readonly run: Run }) {
  const { info } = run;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Status', <RunStatusBadge key="status" run={run} />],
    ['Started', <Time key="start" at={info.start_time} />],
    ['Duration', <RunDuration key="duration" run={run} />],
    ['Run by', named(userOf(run))],
    ['Source', <Source key="source" run={run} />],
    ...jobFact(run),
    ...parentFact(run),
    ...childrenFact(run),
    [
      'Run id',
      <span key="id">
        <code className="mono">{info.run_id}</code>{' '}
        <CopyButton kind="quiet" text={info.run_id} what="the run id" />
      </span>,
    ],
  ];
  return <Facts facts={facts.filter(([, value]) => value !== undefined)} />;
}

const named = (text: string | undefined): ReactNode =>
  text === undefined ? <span className="quiet">–</span> : <Name>{text}</Name>;

function RunDuration({ run }: { readonly run: Run }) {
  const now = useNow(isUnderWay(run) ? 1_000 : 60_000);
  const { start_time: start, end_time: end } = run.info;
  if (end === undefined && !isUnderWay(run)) return <span className="quiet">–</span>;
  const ms = Math.max(0, (end ?? now) - start);
  return <>{duration(ms / 1000)}</>;
}

function Source({ run }: { readonly run: Run }) {
  const commit = tagOf(run, 'mlflow.source.git.commit');
  const source = sourceOf(run);
  return (
    <>
      {named(source)}
      {commit !== undefined && (
        <>
          {' at '}
          <code title={commit}>{commit.slice(0, 8)}</code>
        </>
      )}
      {source !== undefined && (
        <>
          {' '}
          <CopyButton kind="quiet" text={source} what="the source" />
        </>
      )}
    </>
  );
}

function jobFact(run: Run): readonly (readonly [string, ReactNode])[] {
  const job = jobOf(run);
  return job === undefined ? [] : [['Job', <JobLink key="job" job={job} />]];
}

function JobLink({ job }: { readonly job: number }) {
  const group = useGroup();
  return (
    <Link to="/$group/jobs/$job" params={{ group, job: String(job) }}>
      Job {job}
    </Link>
  );
}

function parentFact(run: Run): readonly (readonly [string, ReactNode])[] {
  const parent = tagOf(run, PARENT_TAG);
  return parent === undefined ? [] : [['Parent run', <Parent key="parent" id={parent} />]];
}

function Parent({ id }: { readonly id: string }) {
  const { data, isError } = useQuery(runQuery(id));
  if (isError) return <Name>{`${id} (not found)`}</Name>;
  return data === undefined ? <Name>{id}</Name> : <RunLink run={data} />;
}

const childrenFact = (run: Run): readonly (readonly [string, ReactNode])[] => [
  ['Child runs', <Children key="children" run={run} />],
];

function Children({ run }: { readonly run: Run }) {
  const group = useGroup();
  const { data } = useQuery(childrenQuery(run.info.experiment_id, run.info.run_id));
  if (data === undefined) return <span className="quiet">…</span>;
  if (data.length === 0) return <span className="quiet">None</span>;
  const ids = data.slice(0, 99).map(({ info }) => info.run_id);
  return (
    <details>
      <summary>{data.length === 200 ? '200 or more' : data.length}</summary>
      <ul className="run-children">
        {data.map((child) => (
          <li key={child.info.run_id}>
            <RunLink run={child} /> <RunStatusBadge run={child} />
          </li>
        ))}
      </ul>
      <Link
        to="/$group/compare"
        params={{ group }}
        search={{ runs: [run.info.run_id, ...ids] }}
        title={`${nameOf(run)} beside its children`}
      >
        Compare them
      </Link>
    </details>
  );
}
