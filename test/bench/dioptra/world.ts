/** What both servers are asked, and how their answers are checked before anything is timed. */
import { type Answer, type Api, apiOf, overHttp } from '../core/api.ts';
import type { PeerWorld } from '../core/peers.ts';
import { newName, prepareJob } from '../core/world.ts';
import type { BenchRequest, NextRequest } from '../frame/load.ts';
import { expectedIds, PAGE, type Row, rowTexts, searches } from './rows.ts';
import { CREATE, GET, listOf, SEARCH_NAME, SEARCH_TEXT, SUBMIT } from './scenarios.ts';

const BASE = '/api/v1';
const AT_ONCE = 8;

/** Who asks, on every server. */
export const USER = {
  username: 'bench',
  email: 'bench@localhost.test',
  password: 'a password of the benchmark',
};

/** The original binds a session to the program that signed in, by this header. */
const AGENT = { 'user-agent': 'bench' };

/** What one server holds. */
interface World {
  readonly api: Api;
  readonly group: number;
  /** In the order of their creation, which is that of lists. */
  readonly rows: readonly Row[];
  readonly job: {
    readonly experiment: number;
    readonly entrypoint: number;
    readonly queue: number;
  };
}

/** Both servers keep the session in cookies; the passwords are hashed here, once. */
async function signIn(url: string): Promise<string> {
  const { username, password } = USER;
  const login = await apiOf(overHttp(url), AGENT).ask('POST', `${BASE}/auth/login`, {
    username,
    password,
  });
  if (login.status !== 200) throw new Error(`POST /auth/login: ${login.status}`);
  return login.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

const list = ({ group, rows }: World): string =>
  `${BASE}/experiments/?groupId=${group}&index=${Math.floor(rows.length / 2)}&pageLength=${PAGE}`;

const search = ({ group }: World, text: string): string =>
  `${BASE}/experiments/?groupId=${group}&pageLength=${PAGE}&search=${encodeURIComponent(text)}`;

const middleOf = ({ rows }: World): Row | undefined => rows[Math.floor(rows.length / 2)];

const post = (path: string, body: object): BenchRequest => ({
  method: 'POST',
  path,
  body: JSON.stringify(body),
});

function requestsIn(world: World): ReadonlyMap<string, NextRequest> {
  const { rows, group, job } = world;
  const get = (path: string) => () => ({ method: 'GET' as const, path });
  const { byName, freeText } = searches(rows.length);
  return new Map<string, NextRequest>([
    [GET.name, get(`${BASE}/experiments/${middleOf(world)?.id}`)],
    [listOf(rows.length).name, get(list(world))],
    [SEARCH_NAME.name, get(search(world, byName))],
    [SEARCH_TEXT.name, get(search(world, freeText))],
    [
      CREATE.name,
      () => {
        const body = { group, name: newName('made'), description: 'One of many.' };
        return post(`${BASE}/experiments/`, body);
      },
    ],
    [
      SUBMIT.name,
      () => {
        const { queue, entrypoint } = job;
        const body = { queue, entrypoint, values: { left: '40' }, timeout: '1h' };
        return post(`${BASE}/experiments/${job.experiment}/jobs`, body);
      },
    ],
  ]);
}

/** The part of an answer that says whether it is the right one. */
const shownOf = ({ id, name, status, data, totalNumResults }: Answer) => ({
  id,
  name,
  status,
  ids: data?.map((row) => row.id),
  total: totalNumResults,
});

/** What the answer to each scenario must show; `asked` is the body that was sent. */
function expectedIn(world: World, asked: string | undefined): ReadonlyMap<string, object> {
  const ids = expectedIds(world.rows);
  const middle = middleOf(world);
  const found = (hits: readonly number[]) => ({ ids: hits, total: hits.length });
  return new Map<string, object>([
    [GET.name, { id: middle?.id, name: middle?.name }],
    [listOf(world.rows.length).name, { ids: ids.page, total: world.rows.length }],
    [SEARCH_NAME.name, found(ids.byName)],
    [SEARCH_TEXT.name, found(ids.freeText)],
    [CREATE.name, { name: JSON.parse(asked ?? '{}').name }],
    [SUBMIT.name, { status: 'queued' }],
  ]);
}

/** Asks as often as a server has processes and more, so that each of them has answered rightly. */
const CHECKS = 24;

export async function checkAnswer(
  api: Api,
  request: BenchRequest,
  expected: object | undefined,
): Promise<void> {
  const answer = await api.ask(
    request.method,
    request.path,
    request.body && JSON.parse(request.body),
  );
  const text = await answer.text();
  const said = `${request.method} ${request.path}: ${answer.status} ${text.slice(0, 400)}`;
  if (answer.status !== 200) throw new Error(said);
  const shown = JSON.stringify({ ...shownOf(JSON.parse(text)), ...expected });
  if (expected === undefined || shown !== JSON.stringify(shownOf(JSON.parse(text))))
    throw new Error(`${said}\nis not ${JSON.stringify(expected)}`);
}

function checkOf(world: World, requests: ReadonlyMap<string, NextRequest>) {
  const one = async (scenario: string): Promise<void> => {
    const request = requests.get(scenario)?.();
    if (request === undefined) throw new Error(`There is no scenario ${scenario}.`);
    await checkAnswer(world.api, request, expectedIn(world, request.body).get(scenario));
  };
  return async (scenario: string): Promise<void> => {
    await Promise.all(Array.from({ length: CHECKS }, () => one(scenario)));
  };
}

/** The world of a server that has its rows but for the last one, which the jobs belong to. */
export async function worldAt(
  url: string,
  fill: (api: Api) => Promise<{ readonly group: number; readonly rows: readonly Row[] }>,
): Promise<PeerWorld> {
  const cookie = await signIn(url);
  const headers = { ...AGENT, cookie };
  const api = apiOf(overHttp(url), headers);
  const { group, rows } = await fill(api);
  const job = await prepareJob(api, group);
  const own = { name: '', description: '', id: job.experiment };
  const world: World = { api, group, rows: [...rows, own], job };
  const requests = requestsIn(world);
  return { headers, requests, check: checkOf(world, requests) };
}

/** Makes the user and the rows through the API: how Assay is filled, which takes seconds. */
export async function filledByApi(url: string, count: number): Promise<PeerWorld> {
  const { password, ...user } = USER;
  const body = { ...user, password, confirmPassword: password };
  const { groups } = await apiOf(overHttp(url)).post(`${BASE}/users/`, body);
  const group = groups[0]?.id ?? 0;
  return worldAt(url, async (api) => {
    const texts = rowTexts(count).slice(0, -1);
    const rows: Row[] = [];
    const left = texts.values();
    const one = async (): Promise<void> => {
      for (const text of left) {
        const { id } = await api.post(`${BASE}/experiments/`, { group, ...text });
        rows.push({ ...text, id });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return { group, rows: rows.sort((a, b) => a.id - b.id) };
  });
}
