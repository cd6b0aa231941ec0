import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../support/app.ts';
import { type Held, type JobBench, LEASE_MS, openJobBench } from '../unit/domain/jobs/job-bench.ts';

const MIB = 1024 * 1024;
const sum = (text: string) => createHash('sha256').update(text).digest('base64');
const ABC = sum('abc');

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const call = ({ claim }: Held, verb: string, body: object, as = bench.worker): Promise<Answer> =>
  as.post(`/api/worker/v1/jobs/${claim.jobId}/${verb}`, {
    attempt: claim.attempt,
    lease: claim.lease,
    ...body,
  });
const put = (signed: Json, body: string, headers = signed.headers): Promise<Response> =>
  bench.app.platform.blobs.handleRequest(new Request(signed.url, { method: 'PUT', headers, body }));
async function store(held: Held, path: string, text: string, more: object = {}): Promise<void> {
  const files = [{ path, size: text.length, sha256: sum(text), ...more }];
  const [signed] = (await call(held, 'uploads', { files })).body.uploads;
  expect((await put(signed, text)).status).toBe(200);
}
async function open(held: Held, path: string, more: object = {}): Promise<Json> {
  const files = [{ path, size: 3, parts: [ABC], ...more }];
  return (await call(held, 'uploads', { files })).body.multipart;
}
const artifact = (name: string, path: string, more: object = {}) => ({
  name,
  path,
  isDir: false,
  size: 3,
  ...bench.setup.task,
  ...more,
});
const finish = (held: Held, ...artifacts: object[]) =>
  held.finish({ outcome: 'finished', artifacts });

describe('an upload in parts', () => {
  it('of another attempt, job, path or kind is none', async () => {
    const [mine, other] = [await bench.start(), await bench.start()];
    const { uploadId, parts } = await open(other, 'a.bin');
    const etag = (await put(parts[0], 'abc')).headers.get('etag') ?? '';
    const done = { uploadId, parts: [{ partNumber: 1, etag, sha256: ABC }] };
    const tries = await Promise.all([
      call(mine, 'uploads/complete', { path: 'a.bin', ...done }),
      call(other, 'uploads/complete', { path: 'b.bin', ...done }),
      call(other, 'uploads/complete', { path: 'a.bin', bundle: true, ...done }),
      call(other, 'uploads/complete', {
        path: `../../${mine.claim.runId}/artifacts/a.bin`,
        ...done,
      }),
    ]);
    expect(tries.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    // Nor does it end by the hand of another.
    await call(mine, 'uploads/abort', { path: 'a.bin', uploadId });

    expect((await call(other, 'uploads/complete', { path: 'a.bin', ...done })).status).toBe(200);
  });

  it.each([
    ['behind the end', { size: 32 * MIB, first: 3, sha256: [ABC] }],
    ['reaching over the end', { size: 32 * MIB, first: 2, sha256: [ABC, ABC] }],
    ['number 0', { size: 3, first: 0, sha256: [ABC] }],
    ['number 10,001', { size: 5 * 1024 * 1024 * MIB, first: 10_001, sha256: [ABC] }],
    ['more than 100', { size: 5 * 1024 * 1024 * MIB, first: 1, sha256: Array(101).fill(ABC) }],
    ['of nothing', { size: 0, first: 1, sha256: [ABC] }],
    ['of too much', { size: 5 * 1024 * 1024 * MIB + 1, first: 1, sha256: [ABC] }],
    ['of a huge number', { size: 1e308, first: 1e21, sha256: [ABC] }],
    ['of half a byte', { size: 0.5, first: 1, sha256: [ABC] }],
  ])('has no parts %s', async (_what, wish) => {
    const held = await bench.start();
    const { uploadId } = await open(held, 'a.bin');

    expect((await call(held, 'uploads/parts', { path: 'a.bin', uploadId, ...wish })).status).toBe(
      400,
    );
  });

  it('is made of no more than 10,000 parts, in order, each once', async () => {
    const held = await bench.start();
    const { uploadId } = await open(held, 'a.bin');
    const part = (partNumber: number) => ({ partNumber, etag: '"x"', sha256: ABC });
    for (const parts of [
      Array.from({ length: 10_001 }, (_, at) => part(at + 1)),
      [part(2), part(1)],
      [part(1), part(1)],
      [part(10_001)],
      [],
    ]) {
      const answer = await call(held, 'uploads/complete', { path: 'a.bin', uploadId, parts });
      expect(answer.status).toBe(400);
    }
  });
});

describe('places of files', () => {
  it.each([
    '../x',
    'a/../../../../../x',
    '/etc/passwd',
    'a//b',
    'a/./b',
    'a\\..\\b',
    '%2e%2e/x',
    '%252e%252e%252fx',
    'a/%2e%2e/%2e%2e/bundles/x',
    'C:/x',
    's3://bucket/x',
    'a\u0000b',
    'a\nb',
    'a\u0085b',
    '\ud800',
    'é'.repeat(500),
    '',
  ])('do not lie at %j', async (path) => {
    const held = await bench.start();
    const tries = [
      await call(held, 'uploads', { files: [{ path, size: 3 }] }),
      await call(held, 'uploads', { files: [{ path, size: 3, bundle: true }] }),
      await call(held, 'uploads', { files: [{ path, size: 3, parts: [ABC] }] }),
      await call(held, 'uploads/check', { path, size: 3, sha256: ABC }),
      await finish(held, artifact('x', path)),
      await finish(held, artifact('x', path, { isDir: true, bundle: { size: 3 } })),
    ];

    expect(tries.map(({ status }) => status)).toEqual(tries.map(() => 400));
  });

  it('keep archives of directories away from files, whatever they are called', async () => {
    const held = await bench.start();
    await store(held, 'a', 'abc', { bundle: true });
    const { runId } = held.claim;
    const { objects } = await bench.app.platform.blobs.list(`runs/${runId}/`);
    expect(objects.map(({ key }) => key)).toContain(`runs/${runId}/bundles/a.tar.gz`);

    expect((await finish(held, artifact('x', 'bundles/a.tar.gz'))).status).toBe(400);
    expect((await finish(held, artifact('x', 'a.tar.gz'))).status).toBe(400);
    expect((await finish(held, artifact('x', 'a'))).status).toBe(400);
  });
});

describe('a write', () => {
  it('of two with other bytes under one name is the first alone', async () => {
    const held = await bench.start();
    const files = [
      { path: 'a', size: 3, sha256: ABC },
      { path: 'a', size: 3, sha256: sum('xyz') },
    ];
    const [first, second] = (await call(held, 'uploads', { files })).body.uploads;
    expect((await put(first, 'abc')).status).toBe(200);

    expect((await put(second, 'xyz')).status).toBe(412);
    expect((await put(second, 'xyz', { ...second.headers, 'if-none-match': '' })).status).toBe(403);
    const check = (text: string) =>
      call(held, 'uploads/check', { path: 'a', size: 3, sha256: sum(text) });
    expect([(await check('abc')).status, (await check('xyz')).status]).toEqual([200, 400]);
  });

  it('by an upload in parts replaces nothing either', async () => {
    const held = await bench.start();
    const { uploadId, parts } = await open(held, 'a');
    const etag = (await put(parts[0], 'abc')).headers.get('etag') ?? '';
    await store(held, 'a', 'xyz');
    const done = { path: 'a', uploadId, parts: [{ partNumber: 1, etag, sha256: ABC }] };

    expect((await call(held, 'uploads/complete', done)).status).toBe(400);
    expect(await (await finish(held, artifact('x', 'a', { sha256: sum('xyz') }))).status).toBe(200);
  });
});

describe('the commit of an attempt', () => {
  it('takes a path once', async () => {
    const held = await bench.start();
    await store(held, 'a', 'abc');

    const twice = await finish(held, artifact('x', 'a'), artifact('y', 'a'));

    expect([twice.status, twice.body]).toEqual([400, expect.anything()]);
    expect((await finish(held, artifact('x', 'a'))).status).toBe(200);
  });

  it.each([
    ['a size that is not so', { size: 4 }],
    ['other bytes', { sha256: sum('xyz') }],
    ['a directory that is a file', { isDir: true }],
    ['an archive that is not there', { isDir: true, path: 'd', bundle: { size: 3 } }],
    ['a huge size', { size: Number.MAX_SAFE_INTEGER }],
    ['a task that is none', { taskId: Number.MAX_SAFE_INTEGER }],
    ['a snapshot that is none', { pluginSnapshotId: Number.MAX_SAFE_INTEGER }],
    ['a name that is no text', { name: '\ud800' }],
  ])('is refused for %s', async (_what, lie) => {
    const held = await bench.start();
    await store(held, 'a', 'abc');
    await store(held, 'd/b', 'abc');

    const answer = await finish(held, artifact('x', 'a', lie));

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((await bench.job(held.claim.jobId)).status).toBe('started');
  });

  it('may hold a file of no bytes', async () => {
    const held = await bench.start();
    await store(held, 'a', '');

    expect((await finish(held, artifact('x', 'a', { size: 0, sha256: sum('') }))).status).toBe(200);
  });
});

describe('who holds no lease', () => {
  const calls = (held: Held, as = bench.worker): Promise<Answer[]> => {
    const part = { partNumber: 1, etag: 'x', sha256: ABC };
    const upload = { path: 'a', uploadId: 'x' };
    return Promise.all([
      call(held, 'uploads', { files: [{ path: 'a', size: 3 }] }, as),
      call(held, 'uploads', { files: [{ path: 'a', size: 3, parts: [ABC] }] }, as),
      call(held, 'uploads/parts', { ...upload, size: 3, first: 1, sha256: [ABC] }, as),
      call(held, 'uploads/complete', { ...upload, parts: [part] }, as),
      call(held, 'uploads/abort', upload, as),
      call(held, 'uploads/check', { path: 'a', size: 3, sha256: ABC }, as),
      call(held, 'finish', { outcome: 'finished' }, as),
    ]);
  };
  const all = (status: number) => Array(7).fill(status);
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

  it('is nobody of another pool, to whom the job is none', async () => {
    const held = await bench.start();
    const other = bench.app.bearer(await bench.app.newWorkerToken('other'));
    const none = { ...held, claim: { ...held.claim, jobId: 999_999_999 } };
    const [foreign, missing] = [await calls(held, other), await calls(none, other)];

    expect(statuses(foreign)).toEqual(all(404));
    foreign.forEach(({ text }, at) => {
      expect(text.replaceAll(String(held.claim.jobId), '#')).toBe(
        missing[at]?.text.replaceAll('999999999', '#'),
      );
    });
  });

  it('is no child of a job, no user, nobody', async () => {
    const held = await bench.start();

    expect(statuses(await calls(held, held.child))).toEqual(all(403));
    expect(statuses(await calls(held, bench.alice))).toEqual(all(403));
    expect(statuses(await calls(held, bench.app.client()))).toEqual(all(401));
  });

  it('is told so once the job has ended, or was given to another', async () => {
    const ended = await bench.start();
    await ended.finish({ outcome: 'failed' });
    const answers = await calls(ended);
    expect(statuses(answers.slice(0, 6))).toEqual(all(409).slice(0, 6));
    const lost = await bench.start();
    bench.app.clock.advance(LEASE_MS + 1);
    await bench.sweep();

    expect(statuses(await calls(lost))).toEqual(all(409));
  });
});
