import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signPageToken } from '#kernel/page-token.ts';
import type { Json } from '../../../support/app.ts';
import { type Held, type JobBench, LEASE_MS, messagesOf, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);

async function follow(jobId: number, cursor?: string, pageLength = 1_000): Promise<Json> {
  const at = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const path = `/api/v1/jobs/${jobId}/log/follow?pageLength=${pageLength}${at}`;
  const answer = await bench.alice.get(path);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

/** Everything that is there behind a cursor, in pages. */
async function drain(jobId: number, pageLength: number, cursor?: string) {
  const messages: string[] = [];
  let at = cursor;
  for (;;) {
    const page = await follow(jobId, at, pageLength);
    expect(page.data.length).toBeLessThanOrEqual(pageLength);
    messages.push(...messagesOf(page));
    at = page.cursor as string;
    if (!page.hasMore) return { messages, cursor: at, page };
  }
}

const report = (jobId: number, ...messages: readonly string[]) =>
  bench.alice.post(`/api/v1/jobs/${jobId}/log`, {
    data: messages.map((message) => ({ severity: 'INFO', loggerName: 'people', message })),
  });

describe('following a log', () => {
  it('starts at its beginning, also before there is any, and shows each line once', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    const empty = await follow(jobId);
    expect(empty).toEqual({
      data: [],
      cursor: expect.any(String),
      hasMore: false,
      status: 'started',
      ended: false,
    });

    await held.log(0, numbered(0, 3));
    const first = await follow(jobId, empty.cursor);
    const nothing = await follow(jobId, first.cursor);
    await held.log(3, numbered(3, 5));
    await report(jobId, 'from people');
    const second = await follow(jobId, nothing.cursor);

    expect(messagesOf(first)).toEqual(numbered(0, 3));
    expect(nothing).toMatchObject({ data: [], cursor: first.cursor });
    expect(messagesOf(second)).toEqual([...numbered(3, 5), 'from people']);
    expect(second.data[2]).toEqual({
      severity: 'INFO',
      loggerName: 'people',
      message: 'from people',
      createdOn: expect.any(String),
    });
  });

  it.each([1, 2, 3, 7, 50])(
    'leaves nothing out in pages of %i, in whatever pieces it came',
    async (size) => {
      const held = await bench.start();
      const pieces = [1, 4, 2, 9, 1, 1, 30, 3, 1, ...Array(40).fill(1)];
      let first = 0;
      for (const piece of pieces) {
        await held.log(first, numbered(first, first + piece));
        first += piece;
      }

      const { messages, cursor } = await drain(held.claim.jobId, size);
      await held.log(first, ['one more']);
      const rest = await drain(held.claim.jobId, size, cursor);

      expect(messages).toEqual(numbered(0, first));
      expect(rest.messages).toEqual(['one more']);
    },
  );

  it('ends a page before an answer grows too large, and goes on in the midst of an item', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    const long = Array.from({ length: 60 }, (_, n) => `${n} ${'\u001b'.repeat(99_000)}`);
    for (const line of long) await report(jobId, line);

    const page = await bench.alice.get(`/api/v1/jobs/${jobId}/log/follow`);
    const { messages } = await drain(jobId, 1_000);

    expect(page.body.hasMore).toBe(true);
    expect(Buffer.byteLength(page.text)).toBeLessThan(5_000_000);
    expect(messages).toEqual(long);
  });

  it('tells when the job has ended, and only then, with its last lines', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    await held.log(0, numbered(0, 4));
    const { cursor } = await follow(jobId);
    await held.log(4, numbered(4, 8));
    await held.finish({ outcome: 'failed', reason: 'failed', message: 'no more' });

    const some = await follow(jobId, cursor, 2);
    const last = await follow(jobId, some.cursor);
    await report(jobId, 'late');
    const late = await follow(jobId, last.cursor);

    expect(some).toMatchObject({ hasMore: true, status: 'failed', ended: false });
    expect(last).toMatchObject({ hasMore: false, status: 'failed', ended: true });
    expect(messagesOf(last)).toEqual([...numbered(6, 8), 'The job failed (failed: no more).']);
    expect([messagesOf(late), late.ended]).toEqual([['late'], true]);
  });

  it('goes on through the attempts of a job', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    await held.log(0, ['first']);
    const { cursor } = await follow(jobId);
    bench.app.clock.advance(LEASE_MS + 1);
    await bench.sweep();
    const between = await follow(jobId, cursor);
    const again = await bench.hold(jobId, 2);
    await again.log(0, ['second']);

    expect(between).toMatchObject({ status: 'queued', ended: false });
    expect(messagesOf(between)).toEqual([
      'Attempt 1 ended (worker_lost); the job is queued again.',
    ]);
    expect(messagesOf(await follow(jobId, between.cursor))).toEqual(['second']);
  });
});

describe('a cursor', () => {
  let held: Held;
  let cursor: string;
  beforeAll(async () => {
    held = await bench.start();
    await held.log(0, numbered(0, 3));
    ({ cursor } = await follow(held.claim.jobId, undefined, 2));
  });
  const ask = (jobId: number, text: string) =>
    bench.alice.get(`/api/v1/jobs/${jobId}/log/follow?cursor=${encodeURIComponent(text)}`);

  it('is good for its job alone, in any process', async () => {
    const other = await bench.submit();
    const process = bench.app.otherProcess().client({ cookie: bench.alice.cookie });
    const path = `/api/v1/jobs/${held.claim.jobId}/log/follow?cursor=${cursor}`;

    expect(await ask(other.id, cursor)).toMatchObject({ status: 400 });
    expect(messagesOf((await process.get(path)).body)).toEqual(['line 2']);
  });

  it('is refused when anybody else made it', async () => {
    const { jobId } = held.claim;
    const flipped = `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`;
    const store = bench.app.platform;
    const foreign = await signPageToken(store, ['job-log', jobId + 1], { chunk: 0, line: 0 });
    const otherUse = await signPageToken(store, ['runs', jobId], { chunk: 0, line: 0 });

    for (const text of [
      ...['', 'x', '0', '-1', '{}', '1e400', '../', '\u0000', 'é'.repeat(50), 'A'.repeat(5_000)],
      ...[flipped, `${cursor}=`, `${cursor}A`, cursor.slice(1), cursor.toUpperCase()],
      ...[foreign, otherUse],
    ]) {
      const answer = await ask(jobId, text);
      expect([text, answer.status, answer.body.error]).toEqual([
        ...[text, 400, 'QueryParameterValidationError'],
      ]);
    }
    const twice = `/api/v1/jobs/${jobId}/log/follow?cursor=${cursor}&cursor=${cursor}`;
    expect((await bench.alice.get(twice)).body.errors).toHaveProperty('cursor');
    for (const pageLength of ['0', '1001', 'x']) {
      const path = `/api/v1/jobs/${jobId}/log/follow?pageLength=${pageLength}`;
      expect((await bench.alice.get(path)).status).toBe(400);
    }
  });

  it('opens no log of a job that is deleted', async () => {
    const { id } = await bench.submit();
    const mine = await follow(id);
    await bench.alice.delete(`/api/v1/jobs/${id}`);

    expect((await ask(id, mine.cursor)).status).toBe(404);
  });

  it('costs one round trip and one read unit while nothing is new', async () => {
    const { jobId } = held.claim;
    const end = (await follow(jobId)).cursor;
    const { meter } = bench.app;
    await bench.alice.get('/api/v1/users/current');
    meter.reset();
    await ask(jobId, end);
    const quiet = meter.snapshot();
    await held.log(3, numbered(3, 6));
    meter.reset();
    await ask(jobId, end);
    const fresh = meter.snapshot();

    expect(quiet).toMatchObject({ sequentialRoundTrips: 1, readUnits: 1, writeUnits: 0 });
    expect(fresh).toMatchObject({ sequentialRoundTrips: 1, readUnits: 1, writeUnits: 0 });
  });
});
