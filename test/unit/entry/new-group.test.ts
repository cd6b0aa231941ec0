/** What one process knows of a user is up to five seconds old; nobody is refused for that. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
let anna: Awaited<ReturnType<TestApp['newUser']>>;
beforeEach(async () => {
  app = testApp();
  anna = await app.newUser();
});
afterEach(() => app.close());

/** The user in a process that has just heard of it. */
async function elsewhere() {
  const client = app.otherProcess().client({ cookie: anna.cookie });
  expect(await client.get('/api/v1/users/current')).toMatchObject({ status: 200 });
  return client;
}

const MLFLOW = '/api/2.0/mlflow';
const oracle = (group: number): string =>
  `/20260430/aiDataPlatforms/ocid1.x/workspaces/${group}/mlops`;

it('a group is there for its maker at once, in every process and dialect', async () => {
  const [dioptra, mlflow, oracles] = [await elsewhere(), await elsewhere(), await elsewhere()];
  const { id: group } = await app.newGroup(anna);

  const made = await dioptra.post('/api/v1/experiments', {
    group,
    name: 'first',
    description: '',
    entrypoints: [],
  });
  const header = { 'x-mlflow-workspace': String(group) };
  const named = await mlflow.call(
    'POST',
    `${MLFLOW}/experiments/create`,
    { name: 'second' },
    header,
  );
  const below = await oracles.post(`${oracle(group)}${MLFLOW}/experiments/create`, {
    name: 'third',
  });

  expect([made.status, named.status, below.status]).toEqual([200, 200, 200]);
});

it('what somebody may do there, too', async () => {
  const owner = await app.newUser();
  const group = await app.newGroup(owner);
  await app.join(anna, group, { read: true });
  const client = await elsewhere();
  const body = { group: group.id, name: 'x', description: '', entrypoints: [] };

  expect(await client.post('/api/v1/experiments', body)).toMatchObject({ status: 403 });
  await app.join(anna, group, { read: true, write: true });
  expect(await client.post('/api/v1/experiments', body)).toMatchObject({ status: 200 });
});

it('a group that nobody has is not there', async () => {
  const client = await elsewhere();
  const body = { group: 9_999, name: 'x', description: '', entrypoints: [] };

  expect(await client.post('/api/v1/experiments', body)).toMatchObject({ status: 404 });
});
