import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCache } from '#kernel/cache.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { movableClock } from '../support/clock.ts';
import { must, newJob, newScene, type Scene } from './scene.ts';

const MIB = 1024 * 1024;

let app: TestApp;
let scene: Scene;
let bytesRead = 0;

/** Twelve files of 4 MB: 48 MB that no single answer should hold. */
beforeAll(async () => {
  app = testApp();
  scene = await newScene(app);
  const contents = `#${'x'.repeat(4_000_000)}`;
  for (let file = 0; file < 12; file += 1) {
    const body = {
      filename: `large_${file}.py`,
      contents,
      tasks: { functions: [], artifacts: [] },
    };
    await must(scene.user, 'POST', `/api/v1/plugins/${scene.plugin}/files`, body);
  }
  const { get } = app.platform.blobs;
  app.platform.blobs.get = async (...asked) => {
    const bytes = await get(...asked);
    bytesRead += bytes?.byteLength ?? 0;
    return bytes;
  };
}, 60_000);
afterAll(() => app.close());

describe('one request', () => {
  const files = () => `/api/v1/plugins/${scene.plugin}/files`;

  it.each([
    ['a page of large files', () => `${files()}?pageLength=100`],
    [
      'a search in versions of a large file',
      async () => {
        const page = await must(scene.user, 'GET', `${files()}?search=large_0`);
        const { id, filename, contents, tasks } = page.data[0];
        for (let version = 0; version < 9; version += 1) {
          const body = { filename, contents, tasks, description: `${version}` };
          await must(scene.user, 'PUT', `${files()}/${id}`, body);
        }
        return `${files()}/${id}/snapshots?search=nothing`;
      },
    ],
    [
      'a bundle of large files',
      async () => {
        const { snapshot } = await must(scene.user, 'GET', `/api/v1/plugins/${scene.plugin}`);
        return `/api/v1/plugins/${scene.plugin}/snapshots/${snapshot}/files/bundle`;
      },
    ],
  ])('is refused before it reads what outgrows memory: %s', async (_, path) => {
    const address = await path();
    bytesRead = 0;

    const answer = await scene.user.get(address);

    expect(answer.status).toBe(413);
    // The resource itself may be read to see who may.
    expect(bytesRead).toBeLessThan(5 * MIB);
  });

  it('gets a page that fits', async () => {
    const page = await must(scene.user, 'GET', `${files()}?pageLength=2&index=3`);

    expect(page.data).toHaveLength(2);
    expect(page.totalNumResults).toBe(13);
  });
});

describe('a log of long lines', () => {
  const LINES = 400;
  let log = '';

  beforeAll(async () => {
    log = `/api/v1/jobs/${await newJob(scene)}/log`;
    const line = { severity: 'INFO', loggerName: 'hostile', message: 'x'.repeat(100_000) };
    for (let part = 0; part < LINES / 40; part += 1) {
      await must(scene.user, 'POST', log, { data: Array.from({ length: 40 }, () => line) });
    }
    const last = { severity: 'ERROR', loggerName: 'honest', message: 'found' };
    await must(scene.user, 'POST', log, { data: [last] });
  }, 60_000);

  it.each(['?pageLength=1000', '?pageLength=1000&severity=INFO', '?sortBy=severity'])(
    'is not answered whole: %s',
    async (query) => {
      expect((await scene.user.get(log + query)).status).toBe(413);
    },
  );

  it('is searched to its end, and read in pages that fit', async () => {
    const found = await must(scene.user, 'GET', `${log}?search=found`);
    const errors = await must(scene.user, 'GET', `${log}?severity=ERROR&sortBy=severity`);
    const page = await must(scene.user, 'GET', `${log}?severity=INFO&index=${LINES - 2}`);
    const plain = await must(scene.user, 'GET', `${log}?index=${LINES - 1}&pageLength=2`);

    expect(found).toMatchObject({ totalNumResults: 1, data: [{ loggerName: 'honest' }] });
    expect(errors).toMatchObject({ totalNumResults: 1, data: [{ loggerName: 'honest' }] });
    expect([page.totalNumResults, page.data.length]).toEqual([LINES, 2]);
    expect(plain.data.map(({ loggerName }: { loggerName: string }) => loggerName)).toEqual([
      'hostile',
      'honest',
    ]);
  });
});

describe('the cache of a process', () => {
  it('drops the oldest of large values, and keeps what has no size', () => {
    const cache = createCache(movableClock(), 100, 1_000);
    cache.set('small', 'kept?');
    for (let value = 0; value < 10; value += 1) cache.set(`v${value}`, value, 60, 200);

    const kept = Array.from({ length: 10 }, (_, value) => cache.get(`v${value}`));

    expect(kept.filter((value) => value !== undefined)).toEqual([5, 6, 7, 8, 9]);
  });

  it('takes no value that would push out most others', () => {
    const cache = createCache(movableClock(), 100, 1_000);
    cache.set('usual', 1, 60, 200);
    cache.set('huge', 2, 60, 251);

    expect([cache.get('usual'), cache.get('huge')]).toEqual([1, undefined]);
  });

  it('counts a value once, however often it is set, read or dropped', () => {
    const clock = movableClock();
    const cache = createCache(clock, 100, 1_000);
    for (let time = 0; time < 20; time += 1) cache.set('same', time, 60, 250);
    cache.delete('same');
    cache.delete('same');
    cache.set('brief', 1, 1, 250);
    clock.advance(2_000);
    cache.get('brief');
    for (let value = 0; value < 4; value += 1) cache.set(`v${value}`, value, 60, 250);

    expect([0, 1, 2, 3].map((value) => cache.get(`v${value}`))).toEqual([0, 1, 2, 3]);
  });
});
