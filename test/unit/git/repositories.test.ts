import { globSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#kernel/errors.ts';
import { RepositoryRefused } from '#kernel/repositories.ts';
import { type GitServer, type Repository, startGitServer } from '../../support/git-server.ts';
import { fetchAll } from './support.ts';

let server: GitServer;
let commit = '';
let first = '';
let kept: Repository;
beforeAll(async () => {
  server = await startGitServer();
  kept = server.create('kept');
  kept.write({ 'old.txt': 'old', 'a/b/c.py': 'x = 1\n' });
  first = kept.commit();
  kept.git(['tag', 'light']);
  kept.git(['tag', '--annotate', 'v1', '--message', 'one']);
  kept.git(['branch', 'feature/x']);
  kept.git(['rm', '--quiet', 'old.txt']);
  kept.write({ 'dioptra.toml': '', 'run.sh': '#!/bin/sh\n', 'ä ö.txt': 'ü' });
  kept.git(['update-index', '--add', '--chmod=+x', 'run.sh']);
  commit = kept.commit();
  kept.git(['branch', 'both', first]);
  kept.git(['tag', 'both', commit]);
});
afterAll(() => server.close());
beforeEach(() => {
  server.handler = undefined;
  server.calls.length = 0;
});

describe('a repository', () => {
  it('is fetched as its default branch stands, by three calls', async () => {
    const fetched = await fetchAll(server.url('kept'));

    expect(fetched).toEqual({
      commit,
      tree: {
        a: 'directory',
        'a/b': 'directory',
        'a/b/c.py': 'x = 1\n',
        'dioptra.toml': '',
        'run.sh': '#!/bin/sh\n',
        'ä ö.txt': 'ü',
      },
    });
    expect(server.calls).toEqual([
      'GET /kept/info/refs?service=git-upload-pack',
      'POST /kept/git-upload-pack',
      'POST /kept/git-upload-pack',
    ]);
  });

  it.each(['feature/x', 'light', 'v1', 'refs/tags/v1', 'both'])('at %s', async (ref) => {
    expect(await fetchAll(server.url('kept'), { ref })).toEqual({
      commit: first,
      tree: { a: 'directory', 'a/b': 'directory', 'a/b/c.py': 'x = 1\n', 'old.txt': 'old' },
    });
  });

  it('at a commit', async () => {
    expect(await fetchAll(server.url('kept'), { ref: first })).toMatchObject({ commit: first });
  });

  it('that holds differences, some in long chains, comes out as git has it', async () => {
    const made = server.create('deltas');
    const line = (index: number) => `${index} ${'abcdefghij'.repeat(8)} ${index * 7919}\n`;
    const lines = Array.from({ length: 1_000 }, (_, index) => line(index));
    const files = Array.from({ length: 120 }, (_, index) => {
      lines[index * 8] = `changed in ${index}\n`;
      return [`f${index}.txt`, lines.join('')] as const;
    });
    made.write({ ...Object.fromEntries(files), 'empty.txt': '' });
    const id = made.commit();
    made.git(['repack', '-adfq', '--depth=100', '--window=50']);
    const [pack = ''] = globSync('.git/objects/pack/*.idx', { cwd: made.folder });
    const chains = made.git(['verify-pack', '--verbose', pack]).match(/chain length = \d+/g);

    const fetched = await fetchAll(server.url('deltas'));

    expect(chains?.length).toBeGreaterThan(5);
    expect(fetched).toEqual({
      commit: id,
      tree: { ...Object.fromEntries(files), 'empty.txt': '' },
    });
  });

  it('has links as what they are, and submodules as empty folders', async () => {
    const made = server.create('odd');
    made.write({ 'a.txt': 'a' });
    made.link('link', '/etc/passwd');
    made.git(['update-index', '--add', '--cacheinfo', `160000,${first},sub`]);
    made.git(['add', 'a.txt', 'link']);
    made.git(['commit', '--quiet', '--message', 'x']);

    const { tree } = await fetchAll(server.url('odd'));

    expect(tree).toEqual({ 'a.txt': 'a', link: 'other', sub: 'directory' });
  });

  const refused = async (name: string, ref?: string) =>
    fetchAll(server.url(name), ref === undefined ? {} : { ref });

  it.each([
    ['no such repository', 'missing', undefined, /no repository is there/],
    ['no such branch', 'kept', 'nope', /no branch or tag "nope"/],
    ['a part of an id', 'kept', 'abcdef', /all 40 digits/],
    ['an id of nothing', 'kept', 'f'.repeat(40), /not our ref/],
    ['an id of a folder', 'kept', 'tree', /no commit where one is named|not our ref/],
  ])('is refused: %s', async (_, name, ref, message) => {
    const named = ref === 'tree' ? kept.git(['rev-parse', 'HEAD^{tree}']) : ref;
    const error = await refused(name, named).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(RepositoryRefused);
    expect((error as Error).message).toMatch(message);
  });

  it('that is empty has no default branch', async () => {
    server.create('empty');

    await expect(refused('empty')).rejects.toThrow(/no default branch, or is empty/);
  });

  it.each([
    ['bytes that are sent', { maxBytes: 2_000 }, /more than 2000 bytes/],
    ['objects', { maxObjects: 4 }, /more than 4 files/],
    ['bytes of one file', { maxObjectBytes: 9_000 }, /more than 9000 bytes in one file/],
    ['bytes unpacked', { maxUnpackedBytes: 15_000 }, /more than 15000 bytes/],
  ])('has limits: %s', async (_, limits, message) => {
    const made = server.create(`limits-${Object.keys(limits)}`);
    made.write({ a: 'a'.repeat(10_000), b: 'b'.repeat(10_000), c: 'c', d: 'd' });
    made.write({ random: Array.from({ length: 2_000 }, (_, at) => (at * at * 31) % 9_973).join() });
    made.commit();

    const fetching = fetchAll(server.url(`limits-${Object.keys(limits)}`), { limits });

    await expect(fetching).rejects.toThrow(message);
  });

  it('that unpacks to a thousand times its size is refused for it, at once', async () => {
    const made = server.create('bomb');
    for (let index = 0; index < 30; index += 1) {
      made.write({ [`f${index}`]: `${index}${'\0'.repeat(1_500_000)}` });
    }
    made.commit();
    const started = performance.now();

    await expect(fetchAll(server.url('bomb'))).rejects.toThrow(/more than 20000000 bytes/);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('that asks for more time than there is ends in an answer that says so', async () => {
    server.handler = () => undefined;

    const error = await fetchAll(server.url('kept'), { limits: { seconds: 0.2 } }).catch(
      (caught: unknown) => caught,
    );

    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringMatching(/0.2 s/) });
  });
});
