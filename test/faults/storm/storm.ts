import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../infra/local/process.ts';
import { type StormClient, stormClient } from './client.ts';
import { collect, type History } from './collect.ts';
import { type Dice, diceOf } from './dice.ts';
import { type Driven, drive } from './driver.ts';
import { faultyFetch } from './faulty-fetch.ts';
import type { Counts } from './faulty-ports.ts';
import { type ApiProcess, addCounts, type Fleet, startApi, startFleet } from './fleet.ts';
import { openJournal, readJournals } from './journal.ts';
import type { ApiOptions } from './options.ts';
import { type StormPlan, wishesOf } from './plan.ts';
import { type Scene, setScene, signUp } from './scene.ts';
import { dueJobs, openTruth, type Truth, waitingJobs } from './store.ts';
import { POOL, type StormStore } from './storm-store.ts';
import { startWeather } from './weather.ts';

const DRAIN_SECONDS = 3;
const NO_FAULTS = { lost: 0, throttled: 0, slow: 0, stale: 0 };
/** Jobs that wait get messages after so long, where those of before were lost. */
const UNSENT_MS = 10_000;

export interface StormEnd {
  readonly history: History;
  readonly faults: Counts;
  readonly stormMs: number;
  /** From the last fault until all jobs had ended. */
  readonly calmMs: number;
  /** Jobs that did not end, or that some index still shows. */
  readonly stuck: readonly number[];
}

interface Field {
  readonly plan: StormPlan;
  readonly dice: Dice;
  readonly store: StormStore;
  readonly truth: Truth;
  readonly folder: string;
  readonly apis: readonly ApiProcess[];
}

async function startApis({ plan, dice, store }: Pick<Field, 'plan' | 'dice' | 'store'>) {
  const apis: ApiProcess[] = [];
  for (const [at, skewMs] of plan.skewsMs.entries()) {
    const options: ApiOptions = {
      store: store.address,
      port: await freePort(),
      pool: POOL,
      lease: plan.lease,
      // Of AWS's functions one sweeps at a time; on one machine nothing forbids two.
      ...(at === 0 || store.address.kind === 'embedded' ? { sweepMs: plan.sweepMs } : {}),
      skewMs,
      seed: dice.fork(`api ${at}`).between(1, 2 ** 30),
      // Before AWS's there is a proxy that does it.
      rates: store.address.kind === 'embedded' ? plan.stores : NO_FAULTS,
      faulty: false,
    };
    apis.push(await startApi(options));
  }
  return apis;
}

/** The one client that is on a good line, and one that is not. */
async function clientsOf({ plan, dice, folder, apis }: Field, isCalm: () => boolean) {
  const urls = apis.map(({ url }) => url);
  const [url = ''] = urls;
  const headers = await signUp(stormClient(globalThis.fetch, url));
  const { note } = openJournal(join(folder, 'journals', 'client.ndjson'));
  const on = () => !isCalm();
  const bad = faultyFetch(
    { dice: dice.fork('client'), rates: plan.calls, on, urls, note },
    globalThis.fetch,
  );
  const good = stormClient(globalThis.fetch, url, headers);
  return { good, bad: stormClient(bad, url, headers) };
}

async function scenesOf(client: StormClient, limit: number): Promise<readonly [Scene, Scene]> {
  const [own] = (await client.get('/api/v1/users/current')).groups;
  const other = await client.post('/api/v1/groups', { name: 'limited' });
  const put = await client.call('PUT', `/api/v1/groups/${other.id}/limits`, { runningJobs: limit });
  if (put.status !== 200) throw new Error(put.text);
  return [await setScene(client, own.id, 'plain'), await setScene(client, other.id, 'limited')];
}

function fleetOf({ plan, dice, store, folder, apis }: Field): Fleet {
  const urls = apis.map(({ url }) => url);
  const token = apis[0]?.token ?? '';
  const thaw = dice.fork('thaw');
  return startFleet({
    size: plan.workers,
    thawMs: () => plan.lease.seconds * 1000 * (0.3 + 1.7 * thaw.fraction()),
    optionsOf: (slot, life) => {
      const own = dice.fork(`worker ${slot} ${life}`);
      const name = `worker-${slot}-${life}`;
      return {
        ...{ name, token, pool: POOL, store: store.address },
        urls: slot % 2 === 0 ? urls : urls.toReversed(),
        folder: join(folder, 'work'),
        journal: join(folder, 'journals', `${name}.ndjson`),
        concurrency: plan.concurrency,
        // Nobody sets the clocks of workers right.
        skewMs: own.between(-600_000, 600_000),
        seed: own.between(1, 2 ** 30),
        calls: plan.calls,
        doubled: 0.08,
        unreceived: 0.02,
        points: plan.points,
        drainSeconds: DRAIN_SECONDS,
      };
    },
  });
}

async function openJobs(client: StormClient, scenes: readonly Scene[]): Promise<readonly number[]> {
  const lists = await Promise.all(
    scenes.map(({ experiment }) => client.pages(`/api/v1/experiments/${experiment}/jobs`)),
  );
  return lists.flat().flatMap(({ id, status }) => (/finished|failed/.test(status) ? [] : [id]));
}

/** Waits until every job has ended; gives those that did not in time, and what indexes still show. */
async function settle(field: Field, client: StormClient, scenes: readonly Scene[]) {
  const { plan, truth } = field;
  const from = performance.now();
  const skewMs = Math.max(...plan.skewsMs.map(Math.abs));
  // The attempts that were lost last, those after them, and what depends on these.
  const longest = plan.lease.seconds * 1000 + 2 * skewMs + plan.sweepMs + UNSENT_MS + 60_000;
  for (;;) {
    const open = await openJobs(client, scenes);
    const left = [...(await dueJobs(truth)), ...(await waitingJobs(truth, POOL))];
    const ms = performance.now() - from;
    const stuck = [...new Set([...open, ...left])];
    if (stuck.length === 0 || ms > longest) return { calmMs: ms, stuck };
    await sleep(500);
  }
}

/** Looks now and then how many jobs wait. */
function crowdOf({ truth }: Field) {
  let waiting = 0;
  let isOpen = true;
  const looking = (async () => {
    while (isOpen) {
      waiting = (await waitingJobs(truth, POOL).catch(() => [])).length;
      await sleep(250);
    }
  })();
  const stop = (): Promise<void> => {
    isOpen = false;
    return looking;
  };
  return { waiting: () => waiting, stop };
}

async function rage(
  field: Field,
  clients: { readonly good: StormClient; readonly bad: StormClient },
  scenes: readonly [Scene, Scene],
): Promise<Driven> {
  const { plan, dice } = field;
  const crowd = crowdOf(field);
  const pick = dice.fork('dependencies');
  try {
    const driven = await drive({
      client: clients.bad,
      prefix: `storm-${plan.seed}`,
      wishes: wishesOf(plan, dice),
      scenes,
      room: () => crowd.waiting() < plan.crowd,
      pick: (count) => pick.between(0, count - 1),
    });
    // What waits is worked off in the storm; calm is only for what that leaves behind.
    for (let tries = 0; tries < 1_200 && crowd.waiting() > plan.workers; tries += 1)
      await sleep(250);
    return driven;
  } finally {
    await crowd.stop();
  }
}

async function throughStorm(field: Field): Promise<StormEnd> {
  const { plan, dice, store, folder, apis } = field;
  let isCalm = false;
  const clients = await clientsOf(field, () => isCalm);
  const scenes = await scenesOf(clients.good, plan.limit);
  const from = performance.now();
  store.switch(true);
  for (const api of apis) await api.switch(true);
  const fleet = fleetOf(field);
  try {
    const weather = startWeather(plan, dice.fork('weather'), { fleet, apis });
    const driven = await rage(field, clients, scenes).finally(() => weather.stop());
    const stormMs = performance.now() - from;
    isCalm = true;
    store.switch(false);
    for (const api of apis) await api.switch(false);
    fleet.calm();
    const calm = await settle(field, clients.good, scenes);
    await fleet.stop();
    const reports = await Promise.all(apis.map((api) => api.report()));
    const entries = readJournals(join(folder, 'journals'));
    const slowestSweepMs = Math.max(...reports.map((each) => each.slowestSweepMs));
    const seen = { plan, scenes, entries, slowestSweepMs, ...driven };
    const history = await collect(clients.good, seen);
    return {
      history,
      ...calm,
      stormMs,
      faults: addCounts(weather.counts, store.faults(), ...reports.map(({ faults }) => faults)),
    };
  } finally {
    await fleet.stop();
  }
}

/** Starts a deployment, lets everything go wrong, waits for the calm and reads what is left. */
export async function runStorm(plan: StormPlan, store: StormStore): Promise<StormEnd> {
  const dice = diceOf(plan.seed);
  const folder = await mkdtemp(join(tmpdir(), 'assay-storm-'));
  const truth = openTruth(store.truth);
  await mkdir(join(folder, 'journals'));
  const apis = await startApis({ plan, dice, store });
  try {
    return await throughStorm({ plan, dice, store, truth, folder, apis });
  } finally {
    await Promise.all(apis.map((api) => api.kill()));
    await truth.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
