/** P20: the store goes away while an attempt stores its files, whole and in parts. */
import { createHash, randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_WHOLE_BYTES } from '#domain/jobs/protocol.ts';
import { HttpFailure } from '#worker/http.ts';
import type { Fault, ProxiedCall } from '../support/fault-proxy.ts';
import { type HeldJob, openUploadBench, type UploadBench } from './upload-bench.ts';

const FULL = process.env.FULL === '1';
const MIB = 1024 * 1024;
const LARGE = MAX_WHOLE_BYTES + 3 * MIB + 5;

let bench: UploadBench;
beforeAll(async () => {
  bench = await openUploadBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.proxy.setFaults(() => 'pass'));

const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const isPut = ({ method, path }: ProxiedCall) => method === 'PUT' && path.includes('/_blobs/');
const isPart = (call: ProxiedCall) => isPut(call) && call.path.includes('uploadId=');
const ends = (path: string) => (call: ProxiedCall) => call.path.endsWith(path);

/** The fault for the first `times` calls that `which` is true of. */
function firstOf(which: (call: ProxiedCall) => boolean, fault: Fault, times = 1) {
  let left = times;
  return (call: ProxiedCall): Fault => {
    if (left === 0 || !which(call)) return 'pass';
    left -= 1;
    return fault;
  };
}

async function contentsOf(id: number, query = ''): Promise<Buffer> {
  const answer = await bench.call('GET', `/api/v1/artifacts/${id}/contents${query}`);
  const file = await fetch(answer.headers.get('location') ?? '');
  expect(file.status).toBe(200);
  expect(file.headers.get('x-content-type-options')).toBe('nosniff');
  expect(file.headers.get('content-disposition')).toMatch(/^attachment/);
  return Buffer.from(await file.arrayBuffer());
}

/** Finishes the job with what was stored; gives the bytes that its artifact then has. */
async function committed(job: HeldJob, stored: Parameters<HeldJob['finish']>[0]): Promise<Buffer> {
  expect(await bench.artifactsOf(job.fence.jobId)).toEqual([]);
  await job.finish(stored);
  const [artifact] = await bench.artifactsOf(job.fence.jobId);
  return contentsOf(artifact.id);
}

describe('a file that is stored whole', () => {
  it.each([
    ['is not reached at first', 'reset' as const],
    ['stores it but its answer is lost', 'drop-answer' as const],
    ['says that it is busy', { status: 503, body: '' }],
    ['says that an earlier write is under way', { status: 409, body: '' }],
  ])('is there when the store %s', async (_, fault) => {
    const job = await bench.hold();
    const bytes = randomBytes(300_000);
    bench.proxy.setFaults(firstOf(isPut, fault, 2));

    const stored = await job.store(await job.made(bytes));

    expect(bench.proxy.calls.filter(isPut).length).toBeGreaterThan(1);
    expect(sum(await committed(job, stored))).toBe(sum(bytes));
  });

  it('never shows while the store stays away, and the job fails with a reason', async () => {
    const job = await bench.hold();
    const made = await job.made(randomBytes(1000));
    bench.proxy.setFaults((call) => (isPut(call) ? 'reset' : 'pass'));
    setTimeout(() => job.halt.halt('timeout'), 700);

    await expect(job.store(made)).rejects.toThrow();

    const claimed = { ...made.finished };
    await expect(job.finish([claimed])).rejects.toMatchObject({ status: 400 });
    expect(await bench.artifactsOf(job.fence.jobId)).toEqual([]);
    await job.finish([], 'failed');
    expect((await bench.call('GET', `/api/v1/jobs/${job.fence.jobId}`)).body.status).toBe('failed');
  });

  it('fails the job with a clear word when the store refuses it', async () => {
    const job = await bench.hold();
    bench.proxy.setFaults((call) => (isPut(call) ? { status: 400, body: '' } : 'pass'));

    await expect(job.store(await job.made(randomBytes(10)))).rejects.toMatchObject({
      name: 'JobFailure',
      reason: 'runtime_error',
      message: expect.stringMatching(/^rows\/rows.txt could not be stored: .*HTTP 400/),
    });
  });

  it('does not pass for what the job has logged under its name by itself', async () => {
    const job = await bench.hold();
    const { claim } = job;
    const url = `${bench.proxy.endpoint}/api/2.0/mlflow-artifacts/artifacts/${claim.experimentId}/${claim.runId}/artifacts/rows/rows.txt`;
    const own = await fetch(url, {
      method: 'PUT',
      headers: { authorization: `Bearer ${claim.jobToken}` },
      body: 'other',
    });
    expect(own.ok).toBe(true);
    const made = await job.made(Buffer.from('mine!'));

    await expect(job.store(made)).rejects.toThrow('the run has another file of that name');
    const finished = { ...made.finished, sha256: 'A'.repeat(43).concat('=') };
    await expect(job.finish([finished])).rejects.toMatchObject({ status: 400 });
    expect(await bench.artifactsOf(job.fence.jobId)).toEqual([]);
  });

  it('has an address that is good for one write of its bytes', async () => {
    const job = await bench.hold();
    const sha256 = createHash('sha256').update('abc').digest('base64');
    const answer = await bench.client.uploads(job.fence, [{ path: 'x', size: 3, sha256 }]);
    const [target] = answer.held ? answer.value.uploads : [];
    const put = async (body: string) =>
      (await fetch(target?.url ?? '', { method: 'PUT', headers: target?.headers ?? {}, body }))
        .status;

    expect(target?.headers).toMatchObject({ 'if-none-match': '*', 'content-length': '3' });
    const expires = Number(new URL(target?.url ?? '').searchParams.get('expires'));
    expect(expires - Date.now()).toBeLessThanOrEqual(900_000);
    expect([await put('xyz'), await put('abc'), await put('abc')]).toEqual([400, 200, 412]);
  });
});

describe('a file that is stored in parts', () => {
  const faults: readonly (readonly [string, (call: ProxiedCall) => Fault])[] = [
    ['parts are lost on their way', firstOf(isPart, 'reset', 3)],
    ['the answer to the completion is lost', firstOf(ends('/uploads/complete'), 'drop-answer')],
    ['answers to parts are lost', firstOf(isPart, 'drop-answer', 3)],
    ['an address has expired', firstOf(isPart, { status: 403, body: '' })],
    ['the answer to its beginning is lost', firstOf(ends('/uploads'), 'drop-answer')],
  ];

  it.each(FULL ? faults : faults.slice(0, 2))('is there when %s', async (_, decide) => {
    const job = await bench.hold();
    const bytes = randomBytes(LARGE);
    const made = await job.made(bytes);
    bench.proxy.setFaults(decide);

    const stored = await job.store(made);

    expect(bench.proxy.calls.filter(isPart).length).toBeGreaterThan(4);
    expect(sum(await committed(job, stored))).toBe(sum(bytes));
  });

  it('never shows when a part cannot be stored, and leaves no upload behind', async () => {
    const job = await bench.hold();
    const made = await job.made(new Uint8Array(LARGE));
    let uploadId = '';
    bench.proxy.setFaults((call) => {
      if (!isPart(call)) return 'pass';
      uploadId = new URL(call.path, 'http://x').searchParams.get('uploadId') ?? '';
      return call.path.includes('partNumber=3') ? { status: 400, body: '' } : 'pass';
    });

    await expect(job.store(made)).rejects.toThrow('rows/rows.txt could not be stored');

    expect(bench.proxy.calls.filter(ends('/uploads/abort'))).toHaveLength(1);
    const sha256 = 'A'.repeat(43).concat('=');
    const parts = [{ partNumber: 1, etag: '"x"', sha256 }];
    const late = bench.client.complete(job.fence, { path: 'rows/rows.txt', uploadId, parts });
    await expect(late).rejects.toMatchObject({ status: 400 });
    await expect(job.finish([made.finished])).rejects.toBeInstanceOf(HttpFailure);
    expect(await bench.artifactsOf(job.fence.jobId)).toEqual([]);
    bench.proxy.setFaults(() => 'pass');
    expect(await committed(job, await job.store(made))).toHaveLength(LARGE);
  });

  it('belongs to its attempt: nobody signs, completes or checks with another lease', async () => {
    const job = await bench.hold();
    const fence = { ...job.fence, lease: 'another' };
    const upload = { path: 'a', uploadId: 'x' };
    const sha256 = 'A'.repeat(43).concat('=');
    const { client } = bench;

    const answers = await Promise.all([
      client.uploads(fence, [{ path: 'a', size: LARGE, parts: [sha256] }]),
      client.parts(fence, { ...upload, size: LARGE, first: 1, sha256: [sha256] }),
      client.complete(fence, { ...upload, parts: [{ partNumber: 1, etag: '"x"', sha256 }] }),
      client.abort(fence, upload),
      client.check(fence, { path: 'a', size: 1, sha256 }),
    ]);

    expect(answers).toEqual(answers.map(() => ({ held: false })));
  });

  it('belongs to its file: an upload of another is none', async () => {
    const [mine, other] = [await bench.hold(), await bench.hold()];
    const sha256 = createHash('sha256').update('abc').digest('base64');
    const begun = await bench.client.uploads(other.fence, [
      { path: 'a', size: 3, parts: [sha256] },
    ]);
    const uploadId = (begun.held && begun.value.multipart?.uploadId) || '';
    const upload = { path: 'a', uploadId };

    const wish = { ...upload, size: 3, first: 1, sha256: [sha256] };
    const signed = await bench.client.parts(mine.fence, wish);
    const [part] = signed.held ? signed.value.parts : [];
    const headers = part?.headers ?? {};
    const put = await fetch(part?.url ?? '', { method: 'PUT', headers, body: 'abc' });
    const parts = [{ partNumber: 1, etag: '"900150983cd24fb0d6963f7d28e17f72"', sha256 }];
    const completion = bench.client.complete(mine.fence, { ...upload, parts });

    expect(put.status).toBe(404);
    await expect(completion).rejects.toMatchObject({ status: 400 });
    await bench.client.abort(mine.fence, upload);
    const still = await bench.client.parts(other.fence, wish);
    const [own] = still.held ? still.value.parts : [];
    const sent = { method: 'PUT', headers: own?.headers ?? {}, body: 'abc' };
    expect((await fetch(own?.url ?? '', sent)).status).toBe(200);
  });

  it('asks once per hundred parts, and for no more than the file has', async () => {
    const job = await bench.hold();
    const size = 5 * 1024 ** 3;
    const sha256 = Array.from({ length: 100 }, () => 'A'.repeat(43).concat('='));
    const answer = await bench.client.uploads(job.fence, [{ path: 'g', size, parts: sha256 }]);
    const upload = answer.held ? answer.value.multipart : undefined;
    const more = { path: 'g', uploadId: upload?.uploadId ?? '', size, sha256 };

    expect([upload?.partSize, upload?.parts.length]).toEqual([16 * MIB, 100]);
    const last = await bench.client.parts(job.fence, { ...more, first: 221 });
    expect(last.held && last.value.parts.at(-1)?.partNumber).toBe(320);
    const beyond = bench.client.parts(job.fence, { ...more, first: 222 });
    await expect(beyond).rejects.toMatchObject({ status: 400 });
  });
});

describe('a directory', () => {
  it('is stored as files and as one archive, both or not at all', async () => {
    const job = await bench.hold();
    const made = await job.madeFolder({ 'b.txt': 'bee', 'a/ä.txt': 'ay', empty: '' });
    bench.proxy.setFaults(firstOf(isPut, 'drop-answer', 2));

    const [stored] = await job.store(made);
    if (stored === undefined) throw new Error('nothing was stored');
    const claimed = { ...stored, bundle: { size: (stored.bundle?.size ?? 0) + 1 } };
    await expect(job.finish([claimed])).rejects.toMatchObject({ status: 400 });
    await job.finish([stored]);

    const [artifact] = await bench.artifactsOf(job.fence.jobId);
    const tar = gunzipSync(await contentsOf(artifact.id, '?fileType=tar_gz')).toString('utf8');
    for (const name of ['folder/a/ä.txt', 'folder/b.txt', 'folder/empty']) {
      expect(tar).toContain(name);
    }
    const shown = await bench.call(
      'GET',
      `/api/2.0/mlflow/artifacts/list?run_id=${job.claim.runId}`,
    );
    expect(shown.text).not.toContain('bundles');
  });

  it('makes the same archive of the same files', async () => {
    const files = { 'z.txt': 'z'.repeat(100_000), 'a.txt': 'a' };
    const sums: unknown[] = [];
    for (let time = 0; time < 2; time += 1) {
      const job = await bench.hold();
      const [stored] = await job.store(await job.madeFolder(files));
      sums.push(stored?.bundle);
    }

    expect(sums[0]).toMatchObject({ sha256: expect.any(String) });
    expect(sums[1]).toEqual(sums[0]);
  });
});
