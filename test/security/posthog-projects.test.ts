/** What members of one project try with another, and what keys of PostHog's API try to be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type TestApp, type TestUser, testApp } from '../support/app.ts';
import {
  type ExperimentStage,
  experimentStage,
  meanOf,
  must,
} from '../surface/posthog/experiment-stage.ts';

let stage: ExperimentStage;
let app: TestApp;
let mine: TestUser;
let theirs: TestUser;
let other: number;

const there = (path: string): string => `/api/projects/${other}/${path}`;

beforeAll(async () => {
  stage = await experimentStage();
  ({ app, owner: mine } = stage);
  theirs = await app.newUser();
  other = (await app.newGroup(theirs)).id;
});
afterAll(() => stage.close());

/** What only the server may say of something. */
const FORBIDDEN = {
  id: 424_242,
  team_id: 424_242,
  groupId: 424_242,
  revision: 9,
  version: 7,
  created_by: 424_242,
  created_at: '2000-01-01T00:00:00Z',
  updated_at: '2000-01-01T00:00:00Z',
  last_modified_by: 424_242,
  experiment_set: [424_242],
  experimentIds: [424_242],
  feature_flag: 424_242,
  exposure_cohort: 424_242,
  saved_metrics: [{ id: 424_242 }],
  holdout: { id: 424_242 },
  status: 'stopped',
  user_access_level: 'admin',
  can_edit: false,
  api_token: 'phc_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  uuid: '00000000-0000-4000-8000-000000000000',
  organization: 'mine',
};
/** Names and numbers that each thing has of its own, inside of it as well. */
const OWN = /"(id|uuid|key|name|feature_flag_key|variant|fingerprint)":("[^"]*"|\d+)/g;
/** Of two things that were made alike. */
const withoutOwn = (thing: Json): Json =>
  JSON.parse(JSON.stringify(thing).replaceAll(OWN, '"$1":0'));

describe('what only the server may say', () => {
  it.each([
    ['feature_flags', { key: 'a' }, { key: 'b' }],
    ['experiments', { name: 'a', feature_flag_key: 'c' }, { name: 'b', feature_flag_key: 'd' }],
    ['experiment_holdouts', { name: 'a' }, { name: 'b' }],
    ['experiment_saved_metrics', { name: 'a' }, { name: 'b' }],
  ])('is left aside in %s', async (path, first, second) => {
    const filters = path === 'experiment_holdouts' ? [{ rollout_percentage: 5 }] : undefined;
    const query = path === 'experiment_saved_metrics' ? meanOf('paid') : undefined;
    const plain = must(await mine.post(stage.at(path), { ...first, filters, query }));
    const made = must(await mine.post(stage.at(path), { ...FORBIDDEN, ...second, filters, query }));
    const { version: _, ...forbidden } = FORBIDDEN;
    const at = stage.at(`${path}/${made.id}`);
    const changed = must(await mine.call('PATCH', at, { ...forbidden, deleted: undefined }));

    expect(withoutOwn(made)).toEqual(withoutOwn(plain));
    expect([changed.id, changed.created_at, changed.created_by.id]).toEqual([
      made.id,
      made.created_at,
      mine.id,
    ]);
    expect(JSON.stringify([made, changed])).not.toContain('424242');
  });

  it('is left aside in a project', async () => {
    const before = must(await mine.get(stage.at('')));
    const changed = must(await mine.call('PATCH', stage.at(''), { ...FORBIDDEN, name: 'x' }));

    expect(changed).toEqual(before);
  });
});

describe("another project's", () => {
  const wrong = (text: string, id: number): string => text.replaceAll(String(id), '<id>');
  const NOBODY = 987_654;
  /** Made so often that its number is none of the other project's. */
  const far = async (path: string, body: () => object): Promise<number> => {
    for (let made = 0; made < 4; made += 1) await mine.post(stage.at(path), body());
    return must(await mine.post(stage.at(path), body())).id;
  };
  let named = 0;
  const name = (): string => {
    named += 1;
    return `n-${named}`;
  };

  it('holdout or saved metric in a body is one that is not there', async () => {
    const holdout = await far('experiment_holdouts', () => ({
      name: name(),
      filters: [{ rollout_percentage: 5 }],
    }));
    const metric = await far('experiment_saved_metrics', () => ({
      name: name(),
      query: meanOf('paid'),
    }));
    const tries: readonly (readonly [number, (id: number) => object])[] = [
      [holdout, (id) => ({ holdout_id: id })],
      [metric, (id) => ({ saved_metrics_ids: [{ id }] })],
    ];
    for (const [id, fields] of tries) {
      const own = () => ({ name: 'x', feature_flag_key: 'x' });
      const foreign = await theirs.post(there('experiments'), { ...own(), ...fields(id) });
      const none = await theirs.post(there('experiments'), { ...own(), ...fields(NOBODY) });

      expect([foreign.status, none.status]).toEqual([400, 400]);
      expect(wrong(foreign.text, id)).toBe(wrong(none.text, NOBODY));
    }
    expect((await theirs.get(there('experiments'))).body.count).toBe(0);
  });

  it('experiment in a question is one that is not there', async () => {
    const { id } = await stage.create();
    const ask = (experiment_id: number) =>
      theirs.post(there('query'), {
        query: { kind: 'ExperimentQuery', experiment_id, metric: meanOf('paid') },
      });
    const [foreign, none] = [await ask(id), await ask(NOBODY)];

    expect([foreign.status, foreign.text]).toEqual([404, none.text]);
  });

  it('group gets no copy, and is told apart from none by nobody', async () => {
    const { id } = await stage.create();
    const copy = (target_team_id: number) =>
      stage.call('POST', `/${id}/copy_to_project`, { target_team_id, feature_flag_key: name() });
    const [foreign, none] = [await copy(other), await copy(NOBODY)];

    expect([foreign.status, foreign.text]).toEqual([404, none.text]);
    expect((await theirs.get(there('experiments'))).body.count).toBe(0);
    expect((await theirs.get(there('feature_flags'))).body.count).toBe(0);
  });

  it('token makes nothing of its own current project', async () => {
    const { api_token: token } = must(await theirs.get(there('')));
    const paths = [
      `/api/projects/@current?token=${token}`,
      `/api/projects/@current/feature_flags?token=${token}`,
      `/flags/definitions?token=${token}`,
      `/api/feature_flag/local_evaluation?token=${token}`,
    ];
    const answers = await Promise.all(paths.map((path) => mine.get(path)));
    const local = stage.at(`feature_flags/local_evaluation?token=${token}`);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await mine.get(local)).body.code).toBe('invalid_api_key');
  });
});

describe('a key', () => {
  it.each(['x-http-method-override', 'x-method-override', 'x-http-method'])(
    'changes no method by %s',
    async (header) => {
      const flag = must(await mine.post(stage.at('feature_flags'), { key: header }));
      const { token } = await mine.newToken(['feature_flag:read']);
      const path = stage.at(`feature_flags/${flag.id}?_method=PATCH`);
      const headers = { authorization: `Bearer ${token}` };
      const answer = await app.client(headers).call('GET', path, undefined, { [header]: 'PATCH' });
      const posted = await mine.call('POST', path, { _method: 'PATCH' }, { [header]: 'PATCH' });

      expect([answer.body, posted.status]).toEqual([flag, 405]);
    },
  );

  it('that may call so often may not call more often by another spelling', async () => {
    const { token } = await mine.newToken(['project:read', 'feature_flag:read']);
    const shown = app.bearer(token);
    for (let calls = 0; calls < 480; calls += 1) await shown.get(stage.at(''));
    await app.settled();
    const project = `/api/projects/${stage.project}`;
    const spellings = [
      () => app.client({ authorization: `bearer ${token}` }).get(project),
      () => app.client({ authorization: `BEARER ${token} x` }).get(project),
      () => app.client().get(`${project}?personal_api_key=${token}`),
      () => app.client().get(`${project}?a=1&personal_api_key=${token}&personal_api_key=x`),
      () => shown.get(`${project}/`),
      () => shown.get(`/api/environments/${stage.project}/feature_flags`),
      () => shown.get('/api/projects/@current'),
      () => shown.get('/flags/definitions'),
    ];
    const answers = await Promise.all(spellings.map((spelling) => spelling()));

    expect(answers.map(({ status }) => status)).toEqual(spellings.map(() => 429));
    const blank = await app.client({ authorization: `Bearer  ${token}` }).get(project);
    const padded = await app.client().get(`${project}?personal_api_key=%20${token}`);
    expect([blank.status, padded.status]).toEqual([401, 401]);
  });

  it('is counted by all processes together, if some calls late', async () => {
    const { token } = await mine.newToken(['project:read']);
    const project = `/api/projects/${stage.project}`;
    for (let calls = 0; calls < 480; calls += 1) await app.bearer(token).get(project);
    await app.settled();
    const process = app.otherProcess();
    const statuses: number[] = [];
    for (let calls = 0; calls < 30; calls += 1) {
      statuses.push((await process.bearer(token).get(project)).status);
      await process.settled();
    }

    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(20);
    expect(statuses.at(-1)).toBe(429);
  });

  it('in an address is in no line of the log, nor in a record', async () => {
    const broken = testApp(
      {},
      { warehouse: { query: async () => Promise.reject(new Error('out of order')) } },
    );
    const owner = await broken.newUser();
    const { id } = await broken.newGroup(owner);
    const { token } = await owner.newToken();
    const at = (path: string) => `/api/projects/${id}/${path}?personal_api_key=${token}`;
    const anyone = broken.client();
    const { id: experiment } = must(
      await anyone.post(at('experiments'), { name: 'a', feature_flag_key: 'a' }),
    );
    must(await anyone.post(at(`experiments/${experiment}/launch`)));
    const query = { kind: 'ExperimentQuery', experiment_id: experiment, metric: meanOf('paid') };
    const failed = await anyone.post(at('query'), { query });
    const records = await owner.get(`/api/v1/audit?groupId=${id}`);

    expect(failed.status).toBe(500);
    expect(failed.body.detail).toBe('A server error occurred.');
    expect(broken.errors.join()).toContain('out of order');
    expect(broken.errors.join() + failed.text + records.text).not.toContain(token);
    await broken.close();
  });
});
