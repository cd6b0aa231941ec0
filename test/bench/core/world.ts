/** What the scenarios of `core` ask for, made through the API as any client would make it. */
import process from 'node:process';
import type { BenchRequest, NextRequest } from '../frame/load.ts';
import { type Api, apiOf, overHttp, type Sender } from './api.ts';
import type { PeerWorld } from './peers.ts';

/** Ids of what was made, and the token to ask for it with. */
export interface World {
  readonly token: string;
  /** Holds one experiment, and those that the scenarios create. */
  readonly group: number;
  readonly experiment: number;
  /** Holds so many experiments as were asked for. */
  readonly listGroup: number;
  readonly rows: number;
  readonly job: {
    readonly experiment: number;
    readonly entrypoint: number;
    readonly queue: number;
  };
}

const BASE = '/api/v1';
const AT_ONCE = 8;

const TASKS = `from dioptra import pyplugs


@pyplugs.register
def add(left: int, right: int) -> int:
    return left + right
`;
const GRAPH = `first:
  add: [$left, 2]
second:
  add: [$first, 1]
`;

let made = 0;
/** A name that nothing else has, in this process and in others at the same store. */
export const newName = (stem: string): string => {
  made += 1;
  return `${stem}-${process.pid}-${made}`;
};

/** A new user's token: the only place of the benchmark where a password is hashed. */
export async function signUp(send: Sender): Promise<string> {
  const anonymous = apiOf(send);
  const username = newName('bench');
  const password = 'a password of the benchmark';
  const email = `${username}@localhost.test`;
  await anonymous.post(`${BASE}/users`, { username, email, password, confirmPassword: password });
  const login = await anonymous.ask('POST', `${BASE}/auth/login`, { username, password });
  const cookies = login.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const signedIn = apiOf(send, { cookie: cookies.join('; ') });
  const { token } = await signedIn.post(`${BASE}/users/current/tokens`, { name: 'bench', days: 1 });
  return token;
}

async function fill(api: Api, group: number, rows: number): Promise<void> {
  let left = rows;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await api.post(`${BASE}/experiments`, { group, name: newName('row'), description: 'A row.' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** All that a job binds: a plugin with a task, a queue, an entrypoint of two steps, an experiment. */
export async function prepareJob(api: Api, group: number): Promise<World['job']> {
  const types = await api.get(`${BASE}/pluginParameterTypes?groupId=${group}&pageLength=100`);
  const integer = types.data.find(({ name }) => name === 'integer')?.id;
  const plugin = await api.post(`${BASE}/plugins`, { group, name: 'bench_arithmetic' });
  const input = (name: string) => ({ name, parameterType: integer, required: true });
  await api.post(`${BASE}/plugins/${plugin.id}/files`, {
    filename: 'tasks.py',
    contents: TASKS,
    tasks: {
      functions: [
        {
          name: 'add',
          inputParams: [input('left'), input('right')],
          outputParams: [{ name: 'sum', parameterType: integer }],
        },
      ],
      artifacts: [],
    },
  });
  const queue = await api.post(`${BASE}/queues`, { group, name: newName('queue') });
  const entrypoint = await api.post(`${BASE}/entrypoints`, {
    group,
    name: newName('sum'),
    taskGraph: GRAPH,
    parameters: [{ name: 'left', defaultValue: '1', parameterType: 'integer' }],
    plugins: [plugin.id],
    queues: [queue.id],
  });
  const experiment = await api.post(`${BASE}/experiments`, {
    group,
    name: newName('jobs'),
    entrypoints: [entrypoint.id],
  });
  return { experiment: experiment.id, entrypoint: entrypoint.id, queue: queue.id };
}

/** Makes the world of a benchmark in a store that nobody else uses. */
export async function makeWorld(send: Sender, rows: number): Promise<World> {
  const token = await signUp(send);
  const api = apiOf(send, { authorization: `Bearer ${token}` });
  const group = await api.post(`${BASE}/groups`, { name: newName('group') });
  const listGroup = await api.post(`${BASE}/groups`, { name: newName('group') });
  const name = newName('experiment');
  const experiment = await api.post(`${BASE}/experiments`, {
    group: group.id,
    name,
    description: 'The one that is asked for.',
  });
  await fill(api, listGroup.id, rows);
  const job = await prepareJob(api, group.id);
  return {
    token,
    group: group.id,
    experiment: experiment.id,
    listGroup: listGroup.id,
    rows,
    job,
  };
}

const get = (path: string): BenchRequest => ({ method: 'GET', path: `${BASE}${path}` });
const post = (path: string, body: object): BenchRequest => ({
  method: 'POST',
  path: `${BASE}${path}`,
  body: JSON.stringify(body),
});

/** The scenarios in the order in which they run: those that write come after those that read. */
export const SCENARIOS = [
  'GET experiment',
  'list page of 10 experiments',
  'POST experiment',
  'POST job',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How each scenario is asked in this world. */
export function requestsIn(world: World): Readonly<Record<Scenario, NextRequest>> {
  const { group, experiment, listGroup, rows, job } = world;
  const middle = Math.floor(rows / 2);
  const list = `/experiments?groupId=${listGroup}&index=${middle}&pageLength=10`;
  return {
    'GET experiment': () => get(`/experiments/${experiment}`),
    'list page of 10 experiments': () => get(list),
    'POST experiment': () =>
      post('/experiments', { group, name: newName('made'), description: 'One of many.' }),
    'POST job': () =>
      post(`/experiments/${job.experiment}/jobs`, {
        queue: job.queue,
        entrypoint: job.entrypoint,
        values: { left: '40' },
        timeout: '1h',
      }),
  };
}

/** Makes the world over HTTP, for a peer; requests carry a personal token. */
export async function worldAt(url: string, rows: number): Promise<PeerWorld> {
  const world = await makeWorld(overHttp(url), rows);
  return {
    headers: { authorization: `Bearer ${world.token}` },
    requests: new Map(Object.entries(requestsIn(world))),
  };
}
