import { beforeAll, describe, expect, it } from 'vitest';
import { CREDENTIAL_CACHE_SECONDS } from '#domain/identity/schemas.ts';
import type { Table } from '#kernel/table.ts';
import { account } from '../support/accounts.ts';
import type { Answer, Client, TestApp, TestUser } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { openedOnce } from './suite.ts';

/** How many calls meet in each race. */
export interface Crowd {
  readonly sameKey: number;
  readonly creates: number;
  readonly changes: number;
}

const QUEUES = '/api/v1/queues';
const TOKENS = '/api/v1/users/current/tokens';

const TASKS = { functions: [{ name: 'greet', inputParams: [], outputParams: [] }], artifacts: [] };
const STEPS = { filename: 'steps.py', contents: 'def greet(): pass\n', tasks: TASKS };

/** What one of each kind needs whose name is its own within a group. */
const NAMED: readonly (readonly [string, object])[] = [
  ['experiments', {}],
  ['queues', {}],
  ['plugins', {}],
  ['pluginParameterTypes', { structure: null }],
  ['entrypoints', { taskGraph: 'step:\n  greet: []\n' }],
  ['models', {}],
  ['tags', {}],
];

const many = <T>(count: number, one: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => one(at)));

const statuses = (answers: readonly Answer[]) => ({
  won: answers.filter(({ status }) => status === 200).length,
  others: [...new Set(answers.map(({ status, body }) => `${status} ${body.error ?? ''}`))]
    .filter((text) => !text.startsWith('200'))
    .toSorted(),
});

/** What calls that meet leave behind (P13, P14, P15), on whatever table the API keeps its data. */
export function raceContract(
  name: string,
  openTable: () => Promise<{ readonly table?: Table; close(): Promise<void> }>,
  crowd: Crowd,
): void {
  describe(`calls that meet: ${name}`, () => {
    const opened = openedOnce('API', async () => {
      const { table, close } = await openTable();
      const app = testApp({}, table === undefined ? {} : { table });
      return { app, close: () => app.close().then(close) };
    });
    let app: TestApp;
    let alice: TestUser;
    let plugins: readonly number[];
    beforeAll(async () => {
      ({ app } = opened());
      alice = await app.newUser();
      const { id } = (await alice.post('/api/v1/plugins', { group: 1, name: 'steps' })).body;
      await alice.post(`/api/v1/plugins/${id}/files`, STEPS);
      plugins = [id];
    });
    /** Each call in a process of its own, which knows nothing that others read or wrote. */
    const apart = (): Client => app.otherProcess().client({ cookie: alice.cookie });

    it(`${crowd.sameKey} POSTs with one Idempotency-Key have one effect (P13)`, async () => {
      const headers = { 'idempotency-key': 'one of all' };
      const post = (client: Client, path: string, body: object) =>
        client.call('POST', path, body, headers);
      const queue = { group: 1, name: 'made once' };

      // Tokens have no names that would keep a second one away.
      const tokens = await many(crowd.sameKey, () => post(apart(), TOKENS, { name: 'once' }));
      const queues = await many(crowd.sameKey, () => post(apart(), QUEUES, queue));
      const later = await many(crowd.sameKey, () => post(apart(), QUEUES, queue));

      expect(statuses(tokens).won).toBe(1);
      expect((await alice.get(TOKENS)).body.data).toHaveLength(1);
      // Whoever comes while the first is at work waits for it; then all get its very answer.
      for (const { status, body } of queues) {
        if (status !== 200) expect(body.error).toBe('IdempotentCallInProgressError');
      }
      expect(new Set(later.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(later[0]).toMatchObject({ status: 200, body: { name: 'made once' } });
      expect((await alice.get(QUEUES)).body.totalNumResults).toBe(1);
    });

    it.each(NAMED)(
      `of ${crowd.creates} creates with one name one succeeds: %s (P14)`,
      async (kind, more) => {
        const path = `/api/v1/${kind}`;
        const bound = kind === 'entrypoints' ? { plugins } : {};
        const body = { group: 1, name: 'wanted_by_all', ...more, ...bound };
        const before = (await alice.get(`${path}?groupId=1`)).body.totalNumResults;

        const answers = await many(crowd.creates, () => apart().post(path, body));

        expect(statuses(answers)).toEqual({ won: 1, others: ['409 EntityExistsError'] });
        expect((await alice.get(`${path}?groupId=1`)).body.totalNumResults).toBe(before + 1);
        // The name is free again when its only holder is gone.
        const { id } = answers.find(({ status }) => status === 200)?.body ?? {};
        expect((await alice.delete(`${path}/${id}`)).status).toBe(200);
        expect((await alice.post(path, body)).status).toBe(200);
      },
    );

    it.each([
      // More passwords at a time are put off, with 503.
      ['users', account('one of all'), 30],
      ['groups', { name: 'wanted by all' }, crowd.creates],
    ])('of creates with one name one succeeds: %s (P14)', async (kind, body, count) => {
      const answers = await many(count, () => apart().post(`/api/v1/${kind}`, body));

      expect(statuses(answers)).toEqual({ won: 1, others: ['409 EntityExistsError'] });
      app.clock.advance(CREDENTIAL_CACHE_SECONDS * 1000);
      expect((await alice.get(`/api/v1/${kind}`)).body.totalNumResults).toBe(2);
    });

    it('of as many renames to one name one succeeds, and the old name is free (P14)', async () => {
      const made = await many(crowd.changes, (at) =>
        alice.post(QUEUES, { group: 1, name: `old ${at}` }),
      );

      const answers = await many(crowd.changes, (at) =>
        apart().put(`${QUEUES}/${made[at]?.body.id}`, { name: 'the new name' }),
      );

      expect(statuses(answers)).toEqual({ won: 1, others: ['409 EntityExistsError'] });
      const at = answers.findIndex(({ status }) => status === 200);
      expect((await alice.post(QUEUES, { group: 1, name: `old ${at}` })).status).toBe(200);
    });

    it(`of ${crowd.changes} changes of one version one wins (P15)`, async () => {
      const made = await alice.post(QUEUES, { group: 1, name: 'of one version' });
      const at = `${QUEUES}/${made.body.id}`;
      const headers = { 'if-match': made.headers.get('etag') ?? '' };

      const answers = await many(crowd.changes, (number) =>
        apart().call('PUT', at, { name: `version ${number}` }, headers),
      );

      expect(statuses(answers)).toEqual({ won: 1, others: ['412 PreconditionFailedError'] });
      const won = answers.find(({ status }) => status === 200);
      const now = await alice.get(at);
      expect([now.text, now.headers.get('etag')]).toEqual([won?.text, won?.headers.get('etag')]);
      expect((await alice.get(`${at}/snapshots`)).body.totalNumResults).toBe(2);
    });

    it(`${crowd.changes} changes of any version never mix (P15)`, async () => {
      const { id } = (await alice.post(QUEUES, { group: 1, name: 'of any version' })).body;
      const at = `${QUEUES}/${id}`;

      const answers = await many(crowd.changes, (number) =>
        apart().put(at, { name: `any ${number}`, description: `any ${number}` }),
      );

      // Whoever meets too many others is told to try again, and then has changed nothing.
      const { won, others } = statuses(answers);
      expect(won).toBeGreaterThan(0);
      expect(['', '409 WriteConflictError']).toContain(others.join());
      const { body } = await alice.get(`${at}/snapshots?pageLength=200`);
      expect(body.totalNumResults).toBe(won + 1);
      for (const { name, description } of body.data) expect([name, '']).toContain(description);
      const wanted = answers.filter(({ status }) => status === 200).map((each) => each.body.name);
      const now = (await alice.get(at)).body;
      expect(wanted).toContain(now.name);
      expect(now.description).toBe(now.name);
    });

    it(`of ${crowd.creates} registered models with one name one is made (P14)`, async () => {
      const path = '/api/2.0/mlflow/registered-models/create';

      const answers = await many(crowd.creates, () => apart().post(path, { name: 'by all' }));

      const codes = answers.map(({ status, body }) => `${status} ${body.error_code ?? ''}`);
      expect(codes.filter((code) => code === '200 ')).toHaveLength(1);
      expect([...new Set(codes)].toSorted()).toEqual(['200 ', '400 RESOURCE_ALREADY_EXISTS']);
    });

    const EXPERIMENTS = '/api/2.0/mlflow/experiments';
    const codesOf = (answers: readonly Answer[]): readonly string[] =>
      answers.map(({ status, body }) => `${status} ${body.error_code ?? ''}`);
    const newExperiment = async (name: string): Promise<string> =>
      (await alice.post(`${EXPERIMENTS}/create`, { name })).body.experiment_id;
    const live = async (name: string): Promise<number> => {
      const filter = `name = '${name}'`;
      const { body } = await apart().post(`${EXPERIMENTS}/search`, { filter });
      return (body.experiments ?? []).length;
    };

    it(`of ${crowd.creates} MLflow experiments with one name one is made (P14)`, async () => {
      const answers = await many(crowd.creates, () =>
        apart().post(`${EXPERIMENTS}/create`, { name: 'tracked by all' }),
      );

      const codes = codesOf(answers);
      expect(codes.filter((code) => code === '200 ')).toHaveLength(1);
      expect([...new Set(codes)].toSorted()).toEqual(['200 ', '400 RESOURCE_ALREADY_EXISTS']);
      expect(await live('tracked by all')).toBe(1);
    });

    it('of deletions and of restores of one experiment that meet one succeeds each', async () => {
      const body = { experiment_id: await newExperiment('comes and goes') };
      for (const verb of ['delete', 'restore']) {
        const answers = await many(crowd.changes, () =>
          apart().post(`${EXPERIMENTS}/${verb}`, body),
        );

        const codes = codesOf(answers);
        expect(codes.filter((code) => code === '200 ')).toHaveLength(1);
        expect([...new Set(codes)].toSorted()).toEqual(['200 ', '404 RESOURCE_DOES_NOT_EXIST']);
      }
      expect(await live('comes and goes')).toBe(1);
    });

    it('a name has one living experiment, however restores and creates meet (P14)', async () => {
      const name = 'wanted';
      const body = { experiment_id: await newExperiment(name) };
      for (let round = 0; round < 3; round += 1) {
        await alice.post(`${EXPERIMENTS}/delete`, body);
        const answers = await many(crowd.changes, (at) => {
          if (at % 3 === 0) return apart().post(`${EXPERIMENTS}/restore`, body);
          const path = at % 3 === 1 ? '/api/v1/experiments' : `${EXPERIMENTS}/create`;
          return apart().post(path, { name, group: 1 });
        });

        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
        expect(await live(name)).toBe(1);
        const { body: found } = await alice.get(
          `${EXPERIMENTS}/get-by-name?experiment_name=${name}`,
        );
        body.experiment_id = found.experiment.experiment_id;
      }
    });

    it(`of ${crowd.changes} tags that are set at once none is lost`, async () => {
      for (const id of [await newExperiment('tagged by all'), '0']) {
        const answers = await many(crowd.changes, (at) => {
          const tag = { experiment_id: id, key: `tag ${at}`, value: String(at) };
          return apart().post(`${EXPERIMENTS}/set-experiment-tag`, tag);
        });

        const { body } = await alice.get(`${EXPERIMENTS}/get?experiment_id=${id}`);
        const done = answers.filter(({ status }) => status === 200).length;
        // Whoever meets too many others is told to try again.
        expect([...new Set(codesOf(answers))].toSorted()).not.toContain('500 INTERNAL_ERROR');
        expect(body.experiment.tags).toHaveLength(done);
        expect(done).toBeGreaterThan(0);
      }
    });

    it(`${crowd.sameKey} versions made at once have consecutive numbers`, async () => {
      const name = 'busy';
      await alice.post('/api/2.0/mlflow/registered-models/create', { name });
      const path = '/api/2.0/mlflow/model-versions/create';

      const answers = await many(crowd.sameKey, (at) =>
        apart().post(path, { name, source: `s3://bucket/${at}` }),
      );

      const numbers = answers.map(({ body }) => Number(body.model_version?.version));
      expect(numbers.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: crowd.sameKey }, (_, at) => at + 1),
      );
      const { body } = await alice.get(`/api/2.0/mlflow/registered-models/get?name=${name}`);
      expect(body.registered_model.latest_versions).toMatchObject([
        { version: String(crowd.sameKey) },
      ]);
    });

    it('versions that move and go at once leave the newest of each stage known', async () => {
      const name = 'restless';
      const base = '/api/2.0/mlflow';
      await alice.post(`${base}/registered-models/create`, { name });
      const source = 's3://bucket/model';
      const one = () => apart().post(`${base}/model-versions/create`, { name, source });
      for (let made = 0; made < 6; made += 1) await one();
      const change = (at: number) => {
        const version = String(1 + (at % 6));
        if (at % 3 === 0) return one();
        if (at % 3 === 1) {
          const path = `${base}/model-versions/delete`;
          return apart().call('DELETE', path, { name, version });
        }
        const stage = ['Staging', 'Production', 'None'][at % 5] ?? 'Archived';
        return apart().post(`${base}/model-versions/transition-stage`, { name, version, stage });
      };

      const answers = await many(24, change);

      // Whoever meets too many others is told to try again.
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      const { body } = await alice.get(`${base}/model-versions/search?filter=name%3D'${name}'`);
      const newest = new Map<string, number>();
      for (const { version, current_stage: stage } of body.model_versions) {
        newest.set(stage, Math.max(newest.get(stage) ?? 0, Number(version)));
      }
      const model = await alice.get(`${base}/registered-models/get?name=${name}`);
      const shown = model.body.registered_model.latest_versions.map(
        (each: { current_stage: string; version: string }) => [
          each.current_stage,
          Number(each.version),
        ],
      );
      expect(new Map(shown)).toEqual(newest);
    });
  });
}
