import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../support/app.ts';
import { type Held, type JobBench, LEASE_MS, messagesOf, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);
const logOf = async ({ claim }: Held): Promise<readonly string[]> =>
  messagesOf(await bench.log(claim.jobId));

describe("an attempt's log", () => {
  it('stores each line once and in order, whatever is repeated or overlaps', async () => {
    const held = await bench.start();

    const answers = [
      await held.log(0, numbered(0, 5)),
      await held.log(0, numbered(0, 5)),
      await held.log(3, numbered(3, 8)),
      await held.log(2, numbered(2, 4)),
    ];

    expect(answers.map(({ body }) => body.next)).toEqual([5, 5, 8, 8]);
    expect(await logOf(held)).toEqual(numbered(0, 8));
  });

  it('refuses a gap and says where it is', async () => {
    const held = await bench.start();
    await held.log(0, numbered(0, 2));

    const answer = await held.log(3, numbered(3, 4));

    expect([answer.status, answer.body.reason, answer.body.detail]).toEqual([
      ...[409, 'log_gap', { next: 2 }],
    ]);
    expect(await logOf(held)).toEqual(numbered(0, 2));
  });

  it('survives the same and overlapping posts at once', async () => {
    const held = await bench.start();
    await held.log(0, numbered(0, 3));
    const posts = Array.from({ length: 12 }, (_, n) => held.log(n % 4, numbered(n % 4, 30)));

    const answers = await Promise.all(posts);

    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    expect(await logOf(held)).toEqual(numbered(0, 30));
  });

  it('survives lines that others add meanwhile, and loses none of either', async () => {
    const held = await bench.start();
    const at = `/api/v1/jobs/${held.claim.jobId}/log`;
    const add = (message: string) =>
      bench.alice.post(at, { data: [{ severity: 'INFO', loggerName: 'people', message }] });

    const people = numbered(100, 104).map(add);
    for (let first = 0; first < 20; first += 5) await held.log(first, numbered(first, first + 5));
    const added = await Promise.all(people);

    expect(added.map(({ status }) => status)).toEqual(Array(4).fill(200));
    const log = await logOf(held);
    expect(log.filter((line) => numbered(0, 20).includes(line))).toEqual(numbered(0, 20));
    expect(log.toSorted()).toEqual([...numbered(0, 20), ...numbered(100, 104)].toSorted());
  });

  it('counts afresh in each attempt, behind what the one before left', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    await held.log(0, ['first a', 'first b']);
    bench.app.clock.advance(LEASE_MS + 1);
    await bench.sweep();
    const other = await bench.hold(jobId, 2);

    await other.log(0, ['second a']);

    expect(await logOf(other)).toEqual([
      ...['first a', 'first b', 'Attempt 1 ended (worker_lost); the job is queued again.'],
      'second a',
    ]);
  });

  it('keeps long lines and many of them whole, over several items', async () => {
    const held = await bench.start();
    const long = Array.from({ length: 120 }, (_, n) => `${n} ${'\u{1f600}'.repeat(3_900)}`);

    await held.log(0, long);

    const page = await bench.log(held.claim.jobId, 'index=110&pageLength=1000');
    expect(page.totalNumResults).toBe(120);
    expect(messagesOf(page)).toEqual(long.slice(110));
  });

  it('takes as many lines as one transaction holds, and says where to go on', async () => {
    const held = await bench.start();
    const many = Array.from({ length: 240 }, (_, n) => `${n} ${'\u4e00'.repeat(7_900)}`);

    const first = await held.log(0, many);
    const { next } = first.body;
    const rest = await held.log(next, many.slice(next));

    expect(next).toBeGreaterThan(100);
    expect(next).toBeLessThan(180);
    expect(rest.body.next).toBe(240);
    expect(await logOf(held)).toEqual(many);
  });

  it('takes more lines from people than one transaction holds, all of them', async () => {
    const held = await bench.start();
    const message = 'x'.repeat(100_000);
    const data = Array.from({ length: 60 }, () => ({ severity: 'INFO', loggerName: 'p', message }));

    const answer = await bench.alice.post(`/api/v1/jobs/${held.claim.jobId}/log`, { data });

    expect(answer.body).toHaveLength(60);
    expect((await bench.log(held.claim.jobId, 'pageLength=1')).totalNumResults).toBe(60);
  });
});

describe('reading a log', () => {
  let held: Held;
  beforeAll(async () => {
    held = await bench.start();
    // In pieces, so that pages cross the borders of stored chunks.
    for (let first = 0; first < 90; first += 7) await held.log(first, numbered(first, first + 7));
    await bench.alice.post(`/api/v1/jobs/${held.claim.jobId}/log`, {
      data: [
        { severity: 'ERROR', loggerName: 'b', message: 'went wrong' },
        { severity: 'WARNING', loggerName: 'a', message: 'went odd' },
      ],
    });
  });
  const read = (query: string) => bench.log(held.claim.jobId, query);

  it.each([
    [0, 10],
    [6, 1],
    [5, 4],
    [13, 29],
    [85, 10],
    [92, 1_000],
    [500, 10],
  ])('gives lines from %d, %d at most', async (index, pageLength) => {
    const page = await read(`index=${index}&pageLength=${pageLength}`);

    const all = [...numbered(0, 91), 'went wrong', 'went odd'];
    expect(page.totalNumResults).toBe(93);
    expect(messagesOf(page)).toEqual(all.slice(index, index + pageLength));
    expect(page.isComplete).toBe(index + pageLength >= 93);
  });

  it('finds by severity, several of them, and text', async () => {
    expect(messagesOf(await read('severity=ERROR'))).toEqual(['went wrong']);
    expect(messagesOf(await read('severity=ERROR&severity=WARNING'))).toHaveLength(2);
    expect(messagesOf(await read('search=went'))).toEqual(['went wrong', 'went odd']);
    expect(messagesOf(await read('search=logger_name:a'))).toEqual(['went odd']);
    const found = await read(
      `search=${encodeURIComponent('message:"line 8?"')}&pageLength=3&index=2`,
    );
    expect(messagesOf(found)).toEqual(['line 82', 'line 83', 'line 84']);
    expect(found.totalNumResults).toBe(10);
  });

  it('sorts by what it knows and refuses the rest', async () => {
    const sorted = await read('sortBy=logger_name&pageLength=2');
    const down = await read('sortBy=logger_name&descending=true&pageLength=1');
    const unknown = await bench.alice.get(`/api/v1/jobs/${held.claim.jobId}/log?sortBy=message`);

    expect(sorted.data.map((line: Json) => line.loggerName)).toEqual(['a', 'b']);
    expect(down.data[0].loggerName).toBe('stdout');
    expect([unknown.status, unknown.body.error]).toEqual([400, 'SortParameterValidationError']);
  });

  it('of a job that ended takes lines too', async () => {
    await held.finish();
    const at = `/api/v1/jobs/${held.claim.jobId}/log`;
    const late = await bench.alice.post(at, {
      data: [{ severity: 'INFO', loggerName: 'late', message: 'the last words' }],
    });

    expect(late.status).toBe(200);
    expect((await read('index=93')).data[0].message).toBe('the last words');
  });
});
