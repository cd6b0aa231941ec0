import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepositories } from '#git/repositories.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Repositories } from '#kernel/repositories.ts';
import { type TestApp, type TestUser, testApp } from '../../support/app.ts';
import { GOOD, trustTestCa } from '../../support/certificates.ts';
import { type GitServer, type Repository, startGitServer } from '../../support/git-server.ts';
import { secureLoopback } from '../../unit/git/support.ts';

const PATH = '/api/v1/workflows/resourceImport';

let distrust: () => void;
let server: GitServer;
let app: TestApp;
let user: TestUser;
let repository: Repository;
let failure: Error | undefined;
let asked: unknown[] = [];

/** Finds on the loopback, by TLS as ever, what is said to be elsewhere. */
const repositories: Repositories = {
  async fetchTree(source, limits) {
    asked.push(source);
    if (failure !== undefined) throw failure;
    const url = source.url.replace('https://git.test', `https://git.test:${server.port}`);
    return openRepositories(secureLoopback).fetchTree({ ...source, url }, limits);
  },
};

beforeAll(async () => {
  distrust = trustTestCa();
  server = await startGitServer(GOOD);
  app = testApp({ gitHosts: ['git.test'] }, { repositories });
  user = await app.newUser();
  repository = server.create('team/resources');
});
afterAll(async () => {
  await app.close();
  await server.close();
  distrust();
});

const config = (name: string) => `
[[plugins]]
path = "plugins/${name}"
[[plugins.tasks.functions]]
filename = "work.py"
name = "load"
input_params = [{ name = "path", type = "string", required = true }]
output_params = []
[[entrypoints]]
path = "graphs/${name}.yml"
name = "${name}"
plugins = ["${name}"]
`;
const files = (name: string) => ({
  'dioptra.toml': config(name),
  [`plugins/${name}/work.py`]: 'def load(path): ...\n',
  [`graphs/${name}.yml`]: 'graph:\n  step1: {load: {path: here}}\n',
});

const send = (gitUrl: string, fields: Readonly<Record<string, string>> = {}, caller = user) => {
  const body = new FormData();
  const all = { group: '1', sourceType: 'git', gitUrl, ...fields };
  for (const [name, value] of Object.entries(all)) body.set(name, value);
  return caller.post(PATH, body);
};

describe('an import from git', () => {
  it('makes what the config of a branch names, and answers the commit', async () => {
    repository.write(files('one'));
    const commit = repository.commit();
    repository.git(['branch', 'kept']);
    repository.git(['rm', '--quiet', 'dioptra.toml']);
    repository.commit();

    const answer = await send('https://git.test/team/resources#kept');
    const missing = await send('https://git.test/team/resources');

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      message: 'successfully imported',
      hash: commit,
      resources: { plugins: { one: expect.any(Number) }, entrypoints: { one: expect.any(Number) } },
    });
    const plugin = await user.get(`/api/v1/plugins/${answer.body.resources.plugins.one}/files`);
    expect(plugin.body.data).toMatchObject([
      { filename: 'work.py', contents: 'def load(path): ...\n' },
    ]);
    expect([missing.status, missing.body.detail.reason]).toEqual([400, 'File not found.']);
  });

  it.each<readonly [string, (made: Repository) => void, RegExp]>([
    ['a link', (made) => made.link('link', '/etc/passwd'), /"link" is neither a file nor a folder/],
    ['names that are one', (made) => made.write({ 'a/x': '', 'A/y': '' }), /another spelling/],
    ['an odd name', (made) => made.write({ 'a\\b': '' }), /the name "a\\b" holds a backslash/],
  ])('refuses all of a repository with %s', async (what, spoil, reason) => {
    const name = what.replaceAll(' ', '-');
    const made = server.create(name);
    made.write(files('spoiled'));
    spoil(made);
    made.commit();

    const answer = await send(`https://git.test/${name}`);

    expect([answer.status, answer.body.error]).toEqual([400, 'ImportFailedError']);
    expect(answer.body.detail.reason).toMatch(reason);
    const { body } = await user.get('/api/v1/plugins?search=name:spoiled');
    expect(body.totalNumResults).toBe(0);
  });

  it('says what is not there, and what may be there later', async () => {
    const missing = await send('https://git.test/team/none');
    failure = unavailable('The host answers 503.');
    const later = await send('https://git.test/team/resources');
    failure = undefined;

    expect([missing.status, missing.body.error]).toEqual([400, 'ImportFailedError']);
    expect(missing.body.detail.reason).toBe('no repository is there.');
    expect([later.status, later.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('asks nobody for other hosts, nor for those who may not write', async () => {
    const stranger = await app.newUser();
    const group = await app.newGroup(stranger);
    asked = [];

    const other = await send('https://github.com/a/b');
    const foreign = await send('https://git.test/team/resources', { group: String(group.id) });

    expect([other.status, other.body.error]).toEqual([400, 'ImportFailedError']);
    expect(other.body.detail.reason).toMatch(/host github.com is not allowed here, only: git.test/);
    expect(foreign.status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('is refused by a deployment that allows no host, whatever it could fetch', async () => {
    asked = [];
    const closed = testApp({}, { repositories });
    const answer = await send('https://git.test/team/resources', {}, await closed.newUser());
    await closed.close();

    expect([answer.status, answer.body.error]).toEqual([400, 'ImportFailedError']);
    expect(answer.body.detail.reason).toMatch(/No host of git repositories .* 'gitHosts=/);
    expect(asked).toEqual([]);
  });
});
