/** A judge that finds nothing is only as good as what it would have found. */
import { expect, it } from 'vitest';
import type { History, SeenJob } from '../collect.ts';
import type { Submission } from '../driver.ts';
import type { Entry } from '../journal.ts';
import type { Wish } from '../plan.ts';
import { embeddedPlan } from '../plans.ts';
import type { Scene } from '../scene.ts';
import { judge } from './judge.ts';

const plan = { ...embeddedPlan(1, false), limit: 1 };
const sceneOf = (group: number): Scene => ({
  group,
  experiment: group,
  entrypoint: 1,
  queues: [1],
});
const scenes = [sceneOf(1), sceneOf(2)] as const;

const wishOf = (more: Partial<Wish> = {}): Wish => ({
  ...{ number: 1, limited: true, queue: 0, lines: 2, seconds: 0, codes: [0] },
  ...{ dependencies: 0, once: false, broken: false },
  ...more,
});

const submissionOf = (id: number, more: Partial<Submission> = {}): Submission => ({
  ...{ wish: wishOf(), scene: scenes[1], description: `storm-${id}`, dependsOn: [] },
  ...{ outcome: 'accepted', status: 200, id },
  ...more,
});

const runOf = (id: number, attempt: number, status: string) => ({
  ...{ id: `run${id}x${attempt}`, job: id, attempt, status },
});
const lineOf = (message: string, logger = 'stdout', on = 0) => ({ logger, message, on });
const printed = (id: number, attempt: number) => [
  lineOf(`run${id}x${attempt} line 0`),
  lineOf(`run${id}x${attempt} line 1`),
];

/** A job that finished with its first attempt. */
const jobOf = (id: number, more: Partial<SeenJob> = {}): SeenJob => ({
  ...{
    id,
    description: `storm-${id}`,
    status: 'finished',
    reason: null,
    message: null,
    attempt: 1,
  },
  ...{ artifacts: [id + 100], states: ['queued', 'started', 'finished'], log: printed(id, 1) },
  ...{ runs: [runOf(id, 1, 'FINISHED')], contents: [`run${id}x1 row\n`.repeat(3)] },
  ...more,
});

const lostLine = lineOf('Attempt 1 ended (worker_lost); the job is queued again.', 'assay', 9_000);
/** One whose first worker was lost. */
const retried = (id: number, more: Partial<SeenJob> = {}): SeenJob =>
  jobOf(id, {
    attempt: 2,
    states: ['queued', 'started', 'queued', 'started', 'finished'],
    log: [lostLine, ...printed(id, 2)],
    runs: [runOf(id, 1, 'KILLED'), runOf(id, 2, 'FINISHED')],
    contents: [`run${id}x2 row\n`.repeat(3)],
    ...more,
  });

const claim = (job: number, attempt: number, t: number): Entry => ({
  ...{ e: 'claim', t, asked: t, job, attempt, run: `run${job}x${attempt}`, group: 2 },
});
const ended = (job: number, attempt: number, t: number): Entry[] => [
  { e: 'log', t, job, attempt, first: 0, messages: [`run${job}x${attempt} line 0`] },
  { e: 'ending', t, job, attempt, how: 'finished' },
  { e: 'ended', t: t + 1, job, attempt, how: 'finished' },
];

const historyOf = (jobs: readonly SeenJob[], more: Partial<History> = {}): History => ({
  ...{ plan, scenes, slowestSweepMs: 0, cancels: [], unread: [] },
  submissions: jobs.map(({ id }) => submissionOf(id)),
  entries: jobs.flatMap(({ id, attempt }) =>
    [claim(id, attempt, id * 10_000), ...ended(id, attempt, id * 10_000 + 5)].flat(),
  ),
  jobs: new Map(jobs.map((job) => [job.id, job])),
  artifacts: jobs.flatMap(({ id, artifacts }) => artifacts.map((each) => ({ id: each, job: id }))),
  ...more,
});
const kinds = (history: History) => [...judge(history).wrongs.counts.keys()].toSorted();

const good = historyOf([jobOf(1), retried(2)]);
const changed = (job: SeenJob): History => historyOf([job, jobOf(3)]);
const withEntries = (...more: Entry[]): History => ({
  ...good,
  entries: [...good.entries, ...more],
});
const submitted = (more: Partial<Submission>): History =>
  historyOf([jobOf(1)], { submissions: [submissionOf(1, more)] });

it('has nothing to say where all is well', () => {
  expect(judge(good).wrongs.texts).toEqual([]);
  expect(judge(good)).toMatchObject({
    artifacts: 2,
    log: { acknowledged: 2, lost: 0, doubled: 0 },
  });
});

const cases: readonly (readonly [string, History])[] = [
  ['lost job', historyOf([jobOf(1)], { submissions: [submissionOf(1), submissionOf(9)] })],
  ['doubled job', historyOf([jobOf(1), { ...jobOf(2), description: 'storm-1' }])],
  ['job in spite of a refusal', submitted({ outcome: 'refused', status: 400 })],
  ['job of nobody', historyOf([jobOf(1)], { submissions: [] })],
  ['write not read', { ...good, unread: ['job 1'] }],
  ['not ended once', changed(jobOf(1, { states: ['queued', 'finished', 'started', 'finished'] }))],
  ['runs of attempts', changed(jobOf(1, { runs: [] }))],
  ['attempt handed out twice', withEntries(claim(1, 1, 10_100))],
  ['requeue not told once', changed(retried(1, { log: printed(1, 2) }))],
  ['status of a run', changed(jobOf(1, { runs: [runOf(1, 1, 'RUNNING')] }))],
  ['finished by nobody', { ...good, entries: [] }],
  ['lost line', changed(jobOf(1, { log: [] }))],
  ['lines in disorder', changed(jobOf(1, { log: printed(1, 1).toReversed() }))],
  ['artifacts', changed(jobOf(1, { artifacts: [], contents: [] }))],
  ['artifact not whole', changed(jobOf(1, { contents: ['run1x1 row\n'] }))],
  ['orphan', { ...good, artifacts: [...good.artifacts, { id: 999, job: 1 }] }],
  ['cancel undone', { ...good, cancels: [{ job: 1, outcome: 'cancelled', at: 0 }] }],
  [
    'finish taken back',
    changed(jobOf(1, { status: 'failed', reason: 'worker_lost', states: ['queued', 'failed'] })),
  ],
  [
    'tried beyond its policy',
    historyOf([retried(1)], {
      submissions: [submissionOf(1, { wish: wishOf({ retry: { attempts: 1, exitCodes: [] } }) })],
    }),
  ],
  [
    'ran without its dependency',
    historyOf([jobOf(1, { status: 'failed', reason: 'timeout' }), jobOf(2)], {
      submissions: [submissionOf(1), submissionOf(2, { dependsOn: [1] })],
    }),
  ],
  [
    'ran before its dependency',
    historyOf([jobOf(1), jobOf(2)], {
      submissions: [submissionOf(1, { dependsOn: [2] }), submissionOf(2)],
    }),
  ],
  ['ended strangely', changed(jobOf(1, { status: 'failed', reason: 'timeout' }))],
  ['slow takeover', { ...good, entries: [...good.entries, claim(2, 1, 9_000 - 60_000)] }],
  ['above the limit', withEntries(claim(1, 1, 10_000), claim(2, 1, 10_001))],
  ['server error', withEntries({ e: 'trouble', t: 0, status: 500, path: '/', retryAfter: null })],
  ['no Retry-After', withEntries({ e: 'trouble', t: 0, status: 503, path: '/', retryAfter: null })],
];

it.each(cases)('sees: %s', (kind, history) => {
  expect(kinds(history)).toContain(kind);
});
