/** What all servers are asked, and how their answers are checked before anything is timed. */
import { type Api, apiOf, overHttp } from '../core/api.ts';
import type { PeerOptions, PeerWorld } from '../core/peers.ts';
import { newName, signUp } from '../core/world.ts';
import type { BenchRequest, NextRequest } from '../frame/load.ts';
import { fillTable } from './fill.ts';
import { expectedIds, PAGE, SEARCHED } from './rows.ts';
import {
  HISTORY,
  HISTORY_POINTS,
  LOG_100,
  LOG_1000,
  LOG_METRIC,
  NEW_EXPERIMENT,
  NEW_RUN,
  searchOf,
} from './scenarios.ts';

const BASE = '/api/2.0/mlflow';
/** As many jobs log at the same time at most as there are clients, each to its own run. */
const LOGGED_RUNS = 32;
const BATCH = 1_000;
const KEYS = Array.from({ length: 10 }, (_, at) => `metric_${at}`);
const HISTORY_KEY = 'loss';
const FIRST_TIME = 1_770_000_000_000;
/** Clients ask for as many points a page. */
const HISTORY_PAGE = 25_000;

/** The fields of answers that are looked at. */
interface Answer {
  readonly experiment_id?: string;
  readonly run?: { readonly info: { readonly run_id: string; readonly status: string } };
  readonly runs?: readonly { readonly info: { readonly run_id: string } }[];
  readonly metrics?: readonly { readonly value: number; readonly step: number }[];
  readonly next_page_token?: string;
}

/** What one server holds. */
interface World {
  readonly api: Api;
  readonly rows: number;
  /** The experiment that is searched and holds exactly the rows. */
  readonly searched: string;
  /** Where runs are made and logged to. */
  readonly written: string;
  readonly runs: readonly string[];
  /** The run with the long history. */
  readonly long: string;
}

const post = (path: string, body: object): BenchRequest => ({
  method: 'POST',
  path: `${BASE}/${path}`,
  body: JSON.stringify(body),
});

async function ask(api: Api, request: BenchRequest): Promise<Answer> {
  const { method, path, body } = request;
  const answer = await api.ask(method, path, body && JSON.parse(body));
  const text = await answer.text();
  if (answer.status !== 200) {
    throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 400)}`);
  }
  return JSON.parse(text);
}

/** A run as the fluent client starts it. */
const newRun = (experiment: string): BenchRequest => {
  const name = newName('run');
  const tags = {
    'mlflow.user': 'bench',
    'mlflow.source.name': 'train.py',
    'mlflow.source.type': 'LOCAL',
    'mlflow.runName': name,
  };
  return post('runs/create', {
    experiment_id: experiment,
    user_id: 'bench',
    run_name: name,
    start_time: Date.now(),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
};

let logged = 0;
/** Points that were never logged before: metrics in turns, a step after the other. */
function newPoints(count: number) {
  return Array.from({ length: count }, () => {
    const at = logged++;
    const step = Math.floor(at / KEYS.length);
    return { key: KEYS[at % KEYS.length], value: Math.sin(at), timestamp: FIRST_TIME + at, step };
  });
}

function requestsIn(world: World): ReadonlyMap<string, NextRequest> {
  const { rows, searched, written, runs, long } = world;
  let turn = 0;
  const nextRun = (): string => runs[turn++ % runs.length] ?? '';
  const search = post('runs/search', {
    experiment_ids: [searched],
    filter: `metrics.${SEARCHED.metric} > ${SEARCHED.above}`,
    run_view_type: 'ACTIVE_ONLY',
    max_results: PAGE,
    order_by: [`metrics.${SEARCHED.metric} DESC`],
  });
  const query = `run_id=${long}&metric_key=${HISTORY_KEY}&max_results=${HISTORY_PAGE}`;
  const batch = (count: number) => () =>
    post('runs/log-batch', { run_id: nextRun(), metrics: newPoints(count), params: [], tags: [] });
  return new Map<string, NextRequest>([
    [searchOf(rows).name, () => search],
    [HISTORY.name, () => ({ method: 'GET', path: `${BASE}/metrics/get-history?${query}` })],
    [NEW_EXPERIMENT.name, () => post('experiments/create', { name: newName('made') })],
    [NEW_RUN.name, () => newRun(written)],
    [LOG_METRIC.name, () => post('runs/log-metric', { run_id: nextRun(), ...newPoints(1)[0] })],
    [LOG_100.name, batch(100)],
    [LOG_1000.name, batch(BATCH)],
  ]);
}

const stepOf = (at: number) => ({ step: at, value: at / 2 });

/** What an answer shows of itself, and what it must show. */
function shownAndExpected(
  world: World,
  scenario: string,
  answer: Answer,
): readonly [object, object] {
  if (scenario === searchOf(world.rows).name) {
    const shown = answer.runs?.map(({ info }) => info.run_id) ?? [];
    return [
      { shown, more: answer.next_page_token !== undefined },
      { shown: expectedIds(world.rows), more: true },
    ];
  }
  if (scenario === HISTORY.name) {
    const { metrics = [], next_page_token: next } = answer;
    const ends = [metrics.at(0), metrics.at(-1)].map((one) => ({
      step: one?.step,
      value: one?.value,
    }));
    const expected = [stepOf(0), stepOf(HISTORY_POINTS - 1)];
    return [
      { count: metrics.length, ends, more: next !== undefined },
      { count: HISTORY_POINTS, ends: expected, more: false },
    ];
  }
  if (scenario === NEW_EXPERIMENT.name)
    return [{ made: Boolean(answer.experiment_id) }, { made: true }];
  if (scenario === NEW_RUN.name)
    return [{ status: answer.run?.info.status }, { status: 'RUNNING' }];
  return [answer, {}];
}

/** How a server is checked. */
interface Manner {
  /** Scenarios that it is asked once. */
  readonly slow?: ReadonlySet<string>;
  /** One question after the other, where a server may stumble over many. */
  readonly oneByOne?: true;
}

/** Asks as often as a server has processes and more, so that each of them has answered rightly. */
const CHECKS = 24;

const checkOf = (
  world: World,
  requests: ReadonlyMap<string, NextRequest>,
  { slow, oneByOne }: Manner,
) => {
  const one = async (scenario: string): Promise<void> => {
    const request = requests.get(scenario)?.();
    if (request === undefined) throw new Error(`There is no scenario ${scenario}.`);
    const answer = await ask(world.api, request);
    const [shown, expected] = shownAndExpected(world, scenario, answer).map((each) =>
      JSON.stringify(each),
    );
    if (shown !== expected) throw new Error(`${scenario}: ${shown}\nis not ${expected}`);
  };
  return async (scenario: string): Promise<void> => {
    const checks = slow?.has(scenario) ? 1 : CHECKS;
    const all = Array.from({ length: checks }, () => () => one(scenario));
    if (oneByOne === true) for (const check of all) await check();
    else await Promise.all(all.map((check) => check()));
  };
};

/** Logs the long history as clients do, a full batch at a time. */
async function logHistory(api: Api, run: string): Promise<void> {
  for (let from = 0; from < HISTORY_POINTS; from += BATCH) {
    const metrics = Array.from({ length: BATCH }, (_, at) => ({
      key: HISTORY_KEY,
      timestamp: FIRST_TIME + from + at,
      ...stepOf(from + at),
    }));
    await ask(api, post('runs/log-batch', { run_id: run, metrics }));
  }
}

/** The world of a server whose experiment `searched` has its runs. */
export async function worldAt(
  api: Api,
  searched: string,
  rows: number,
  manner: Manner = {},
): Promise<Omit<PeerWorld, 'headers'>> {
  const made = await ask(api, post('experiments/create', { name: newName('written') }));
  const written = made.experiment_id ?? '';
  const runs: string[] = [];
  for (let at = 0; at <= LOGGED_RUNS; at += 1) {
    runs.push((await ask(api, newRun(written))).run?.info.run_id ?? '');
  }
  const [long = '', ...others] = runs;
  await logHistory(api, long);
  const world: World = { api, rows, searched, written, runs: others, long };
  const requests = requestsIn(world);
  return { requests, check: checkOf(world, requests, manner) };
}

/** Fills a server of Assay. */
export const assayWorld =
  (rows: number): PeerOptions['world'] =>
  async (url, openTable) => {
    const token = await signUp(overHttp(url));
    const headers = { authorization: `Bearer ${token}` };
    const api = apiOf(overHttp(url), headers);
    const made = await ask(api, post('experiments/create', { name: newName('searched') }));
    const searched = made.experiment_id ?? '';
    const { group } = await api.get(`/api/v1/experiments/${searched}`);
    const { table, close } = openTable();
    await fillTable(table, { experimentId: Number(searched), groupId: group.id, rows }).finally(
      close,
    );
    return { headers, ...(await worldAt(api, searched, rows)) };
  };
