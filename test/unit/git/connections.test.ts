import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRepositories } from '#git/repositories.ts';
import { publicHttps } from '#git/transport.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { fetchAll, loopback } from './support.ts';

let server: GitServer;
let commit = '';
beforeAll(async () => {
  server = await startGitServer();
  const made = server.create('kept');
  made.write({ 'a.txt': 'a' });
  commit = made.commit();
});
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
});

describe('the address of a host', () => {
  it('is looked up once, and no other is connected to', async () => {
    const looked: string[] = [];
    const repositories = openRepositories({
      ...loopback,
      // As one who controls a name would answer: an address that passes, and then another.
      resolve: async (host) => {
        looked.push(host);
        return [{ address: looked.length === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
      },
    });

    expect(await fetchAll(server.url('kept'), { repositories })).toMatchObject({ commit });
    expect(looked).toEqual(['git.test']);
  });

  it('is checked before anything is sent', async () => {
    const { port } = server;
    const repositories = openRepositories({ ...publicHttps, protocol: 'http:' });

    for (const host of ['localhost', '127.0.0.1', '[::1]']) {
      const fetching = fetchAll(`http://${host}:${port}/kept`, { repositories });
      await expect(fetching).rejects.toThrow(RepositoryRefused);
    }
    expect(server.calls).toEqual([]);
  });

  it('is reached by https alone, whose certificate must be good', async () => {
    const plain = openRepositories(publicHttps);
    const open = openRepositories({ ...publicHttps, ...loopback, protocol: 'https:' });
    const url = server.url('kept');

    await expect(fetchAll(url, { repositories: plain })).rejects.toThrow(/no https address/);
    await expect(
      fetchAll(url.replace('http:', 'https:'), { repositories: open }),
    ).rejects.toMatchObject({ code: 'unavailable' });
    expect(server.calls).toEqual([]);
  });

  it('that cannot be found may be asked for again', async () => {
    const repositories = openRepositories({
      ...loopback,
      resolve: () => Promise.reject(new Error('ENOTFOUND')),
    });

    await expect(fetchAll(server.url('kept'), { repositories })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('that is not found in time ends the waiting', async () => {
    const repositories = openRepositories({ ...loopback, resolve: () => new Promise(() => {}) });
    const fetching = fetchAll(server.url('kept'), { repositories, limits: { seconds: 0.1 } });

    await expect(fetching).rejects.toThrow(/longer than 0.1 s/);
  });
});
