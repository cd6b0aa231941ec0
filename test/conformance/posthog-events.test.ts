/**
 * Events of an experiment whose effect is known, from the clients to the result, while the server is killed and
 * batches come twice: the sums are those that somebody else finds in the same events, and so are the statistics.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireExposures, requireMetric } from './posthog/agree.ts';
import {
  type Expected,
  expectedByCounting,
  expectedByPandas,
  type Scene,
} from './posthog/expected.ts';
import type { SentEvent, World } from './posthog/generator.ts';
import { type Killable, startKillable } from './posthog/killable.ts';
import {
  METRICS,
  type Method,
  type MetricName,
  openQuestions,
  type Questions,
} from './posthog/questions.ts';
import { type OpenProject, openProject } from './posthog/scene.ts';
import { type Sent, sendWorld } from './posthog/send-world.ts';
import { type StoreView, viewStore } from './posthog/store-view.ts';

const FULL = process.env.FULL === '1';
const DAY = 86_400_000;
const MINUTE = 60_000;
const POLL_MS = 250;

const world: World = {
  seed: 4,
  users: FULL ? 100_000 : 2_000,
  flag: 'checkout',
  variants: [
    ['control', 50],
    ['test', 50],
  ],
  start: new Date(Math.floor(Date.now() / DAY - 60) * DAY),
  days: 7,
  lift: 0.05,
};
/** A tenth of a second off, so that no event is on the edge. */
const scene: Scene = {
  flag: world.flag,
  variants: world.variants.map(([key]) => key),
  start: world.start.toISOString(),
  end: new Date(world.start.getTime() + world.days * DAY).toISOString(),
};
/** Of so many events the server was killed. */
const KILLED_AT = FULL ? [300_000, 700_000] : [6_000, 14_000];
/** What the generator put in; counts of purchases are the same in both arms. */
const EFFECTS: Partial<Record<MetricName, number>> = {
  amount: world.lift,
  purchases: 0,
  funnel: 0.23 / 0.2 - 1,
  ratio: world.lift,
};
const ASKED: readonly MetricName[] = FULL
  ? ['amount', 'purchases', 'winsorized', 'funnel', 'ratio']
  : ['amount', 'purchases', 'funnel'];

let folder: string;
let server: Killable;
let view: StoreView;
let project: OpenProject;
let questions: Questions;
let sent: Sent;
let expected: Expected;
const notes: Record<string, number> = {};

async function until(what: string, done: () => Promise<boolean>): Promise<void> {
  const endsOn = Date.now() + (FULL ? 900_000 : 60_000);
  while (!(await done())) {
    if (Date.now() > endsOn) throw new Error(`Not in time: ${what}`);
    await sleep(POLL_MS);
  }
}

/** Sends the world, with kills on the way, and waits until all of it is stored. */
async function send(onBatch: (events: readonly SentEvent[]) => void): Promise<void> {
  const left = [...KILLED_AT];
  let kills = Promise.resolve();
  const startedAt = performance.now();
  sent = await sendWorld({
    url: server.url,
    token: project.token,
    world,
    batch: FULL ? 1_000 : 250,
    connections: 4,
    onBatch,
    onAcknowledged(events) {
      if (events < (left[0] ?? Number.POSITIVE_INFINITY)) return;
      left.shift();
      // What the killed process holds is hidden from its successor for two minutes.
      kills = kills.then(() => server.kill(3 * MINUTE));
    },
  });
  await kills;
  await until('all is stored', async () => (await view.waiting()) === 0);
  notes['stored/s'] = sent.events / ((performance.now() - startedAt) / 1_000);
  notes['acknowledged/s'] = sent.events / sent.seconds;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-million-'));
  server = await startKillable(join(folder, 'store'));
  project = await openProject(server.url, server.password);
  view = viewStore(join(folder, 'store'));
  const { id } = await project.call('POST', `/api/projects/${project.id}/experiments/`, {
    name: 'Checkout in one page',
    feature_flag_key: world.flag,
    start_date: scene.start,
    end_date: scene.end,
    exposure_criteria: { filterTestAccounts: false, multiple_variant_handling: 'exclude' },
    stats_config: { method: 'frequentist' },
  });
  questions = openQuestions(project, id);
  const all: SentEvent[] = [];
  const file = join(folder, 'events.ndjson');
  const lines = createWriteStream(file);
  await send((events) => {
    if (FULL) lines.write(events.map((each) => `${JSON.stringify(each)}\n`).join(''));
    else all.push(...events);
  });
  await new Promise<void>((resolve) => lines.end(resolve));
  expected = FULL ? await expectedByPandas(file, scene) : expectedByCounting(all, scene);
}, 1_800_000);

afterAll(async () => {
  const { doubled, repeated } = sent;
  const figures = Object.entries({
    events: sent.events,
    ...notes,
    'batches sent twice': doubled,
    'calls repeated': repeated,
    kills: server.kills(),
    'peak MB of the server': server.peakMb(),
  });
  console.info(figures.map(([name, value]) => `${name}: ${Math.round(value)}`).join(', '));
  view.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Asks everything, and compares it with what it must be. */
async function requireAll(method: Method): Promise<void> {
  for (const name of ASKED) {
    const answer = await questions.metric(METRICS[name]);
    requireMetric(name, answer, expected.metrics[name], method, EFFECTS[name]);
  }
}

const hours = () => view.hours(project.id);

describe('a result', () => {
  it('is right before anything is compacted', async () => {
    const { clean } = await hours();
    const startedAt = performance.now();
    await questions.metric(METRICS.amount);
    notes['first result ms'] = performance.now() - startedAt;
    requireExposures(await questions.exposures(), expected);
    await requireAll('frequentist');

    expect(clean).toBe(0);
    expect(sent.events).toBe(expected.events);
    expect(server.kills()).toBe(KILLED_AT.length);
  });

  it('is the same while hours are compacted by a server that is killed', async () => {
    const { all } = await hours();
    await server.kill(20 * MINUTE);
    await until('some hours are compacted', async () => (await hours()).clean > all / 10);
    await server.kill(20 * MINUTE);
    // From here on questions and the compactor meet.
    const { clean } = await hours();
    await requireAll('frequentist');
    requireExposures(await questions.exposures(), expected);

    expect(clean).toBeGreaterThan(0);
    expect(clean).toBeLessThan(all);
  });

  it('is the same when all is compacted', async () => {
    await until('all hours are compacted', async () => {
      const { all, clean } = await hours();
      return clean === all;
    });
    requireExposures(await questions.exposures(), expected);
    await requireAll('frequentist');
    const startedAt = performance.now();
    await questions.metric(METRICS.amount);
    notes['next result ms'] = performance.now() - startedAt;
  });

  it('is the same by the other method', async () => {
    await questions.configure({ method: 'bayesian' });
    await requireAll('bayesian');
  });

  it('takes the time before the exposure into account', async () => {
    await questions.configure({ method: 'frequentist', cuped: { enabled: true } });
    const answer = await questions.metric(METRICS.amount);
    const wanted = FULL ? expected.metrics.cuped : expected.metrics.amount;
    requireMetric('cuped', answer, wanted, 'frequentist', world.lift);
  });
}, 900_000);
