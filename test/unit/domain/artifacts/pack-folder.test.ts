import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFolder } from '#domain/artifacts/folder.ts';
import { packFolder } from '#domain/artifacts/pack-folder.ts';
import { type PackingTask, packInBackground } from '#domain/artifacts/pack-in-background.ts';
import type { Context } from '#kernel/context.ts';
import type { AppError } from '#kernel/errors.ts';
import { type TestApp, testApp } from '../../../support/app.ts';

const KEY = 'runs/0123456789abcdef0123456789abcdef/artifacts/model';
const ROOMY = { bytes: 1_000_000, files: 100, ms: 20_000 };
/** Everything takes too long for a caller to wait. */
const NARROW = { ...ROOMY, bytes: 1 };

let app: TestApp;
let ctx: Context;
/** What was started in the background, which only the tests run. */
let started: PackingTask[];
/** Archives that were written, whole or not. */
let written: number;

beforeEach(async () => {
  app = testApp();
  started = [];
  written = 0;
  const blobs: Context['blobs'] = {
    ...app.platform.blobs,
    putStream: async (...asked) => {
      written += 1;
      return app.platform.blobs.putStream(...asked);
    },
  };
  const background: Context['background'] = {
    start: async (_task, input) => void started.push(input as PackingTask),
  };
  ctx = { ...app.system, blobs, background };
  await app.platform.blobs.put(`${KEY}/weights.bin`, 'x'.repeat(1_000));
  await app.platform.blobs.put(`${KEY}/meta/a.json`, '{}');
});
afterEach(() => app.close());

const pack = async (limits = ROOMY, as = ctx) =>
  packFolder(as, await readFolder(as, KEY), 'tar_gz', limits);

/** How a call was refused. */
const refusal = async (call: Promise<unknown>): Promise<string> => {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error as AppError,
  );
  return failure?.reason ?? 'no failure';
};

const isThere = async (key: string) => (await app.platform.blobs.head(key)) !== undefined;

describe('a small directory', () => {
  it('is packed once, however many ask for it at the same time', async () => {
    const archives = await Promise.all(Array.from({ length: 10 }, () => pack()));

    expect(written).toBe(1);
    expect(new Set(archives.map(({ key }) => key)).size).toBe(1);
    expect(await isThere(archives[0]?.key ?? '')).toBe(true);
    expect(started).toEqual([]);
  });

  it('is packed anew when a file of it changes', async () => {
    const before = await pack();
    await app.platform.blobs.put(`${KEY}/meta/a.json`, '[]');

    expect((await pack()).key).not.toBe(before.key);
    expect(written).toBe(2);
  });

  it('is given up when it takes too long, and goes on in the background alone', async () => {
    const slow: Context = {
      ...ctx,
      blobs: {
        ...ctx.blobs,
        get: async (key) => sleep(200).then(() => app.platform.blobs.get(key)),
      },
    };

    expect(await refusal(pack({ ...ROOMY, ms: 50 }, slow))).toBe('archive_being_made');
    expect(await refusal(pack())).toBe('archive_being_made');
    expect(started).toHaveLength(1);
    expect((await app.platform.blobs.list('packed/')).objects).toEqual([]);
    expect(await packInBackground(ctx, started[0] as PackingTask)).toBe('packed');
    expect(await isThere((await pack()).key)).toBe(true);
  });

  it('can be asked for again after a failure that passed', async () => {
    const broken: Context = {
      ...ctx,
      blobs: { ...ctx.blobs, get: async () => Promise.reject(new Error('no store')) },
    };

    await expect(pack(ROOMY, broken)).rejects.toThrow('no store');
    expect(await isThere((await pack()).key)).toBe(true);
  });

  it('with a name that is not safe to unpack is refused', async () => {
    const folder = await readFolder(ctx, KEY);
    const [file] = folder.files;
    for (const path of ['../x', 'a//b', '/etc/x', 'a\\b', 'a\0b', 'a/./b', '\ud800', '']) {
      const files = file === undefined ? [] : [{ ...file, path }];
      const refused = packFolder(ctx, { ...folder, files }, 'zip', ROOMY);
      expect([path, await refusal(refused)]).toEqual([path, 'archive_path']);
    }
    expect((await app.platform.blobs.list('packed/')).objects).toEqual([]);
  });
});

describe('a large directory', () => {
  it('is packed by one background task, whoever asks meanwhile', async () => {
    const asked = await Promise.all(Array.from({ length: 10 }, () => refusal(pack(NARROW))));

    expect(new Set(asked)).toEqual(new Set(['archive_being_made']));
    expect(started).toHaveLength(1);
    expect(await packInBackground(ctx, started[0] as PackingTask)).toBe('packed');
    expect(await isThere((await pack(NARROW)).key)).toBe(true);
    expect([started.length, written]).toEqual([1, 1]);
  });

  it('is packed by another when the packer is lost, a few times', async () => {
    const seen: string[] = [];
    for (let time = 0; time < 5; time += 1) {
      seen.push(await refusal(pack(NARROW)));
      app.clock.advance(61_000);
    }

    expect(seen).toEqual([
      ...Array.from({ length: 3 }, () => 'archive_being_made'),
      'archive_failed',
      'archive_failed',
    ]);
    expect(started).toHaveLength(3);
    app.clock.advance(900_000);
    expect(await refusal(pack(NARROW))).toBe('archive_being_made');
  });

  it('is left to whoever has the lease', async () => {
    await refusal(pack(NARROW));
    app.clock.advance(61_000);
    await refusal(pack(NARROW));
    const [lost, next] = started as [PackingTask, PackingTask];

    expect(await packInBackground(ctx, lost)).toBe('lost');
    expect(written).toBe(0);
    expect(await packInBackground(ctx, next)).toBe('packed');
    // As when it is delivered twice.
    expect(await packInBackground(ctx, next)).toBe('lost');
  });

  it('that changed meanwhile is not packed as what it was', async () => {
    await refusal(pack(NARROW));
    await app.platform.blobs.put(`${KEY}/late.txt`, 'x');

    expect(await packInBackground(ctx, started[0] as PackingTask)).toBe('changed');
    expect(written).toBe(0);
  });

  it('that cannot be packed tells why, and not that it is being made', async () => {
    await refusal(pack(NARROW));
    const slow: Context = {
      ...ctx,
      blobs: {
        ...ctx.blobs,
        get: async (key) => sleep(200).then(() => app.platform.blobs.get(key)),
      },
    };

    expect(await packInBackground(slow, started[0] as PackingTask, 50)).toBe('failed');
    await expect(pack(NARROW)).rejects.toThrow(/could not be packed: it took longer/);
    await expect(pack(ROOMY)).rejects.toThrow(/could not be packed/);
  });

  it('is tried again when the store failed', async () => {
    await refusal(pack(NARROW));
    const broken: Context = {
      ...ctx,
      blobs: { ...ctx.blobs, get: async () => Promise.reject(new Error('no store')) },
    };

    await expect(packInBackground(broken, started[0] as PackingTask)).rejects.toThrow('no store');
    expect(await refusal(pack(NARROW))).toBe('archive_being_made');
    expect(started).toHaveLength(2);
    expect(await packInBackground(ctx, started[1] as PackingTask)).toBe('packed');
  });

  it('is packed by the system alone', async () => {
    await refusal(pack(NARROW));
    const anonymous: Context = { ...ctx, actor: { kind: 'anonymous' } };

    await expect(packInBackground(anonymous, started[0] as PackingTask)).rejects.toThrow();
  });
});
