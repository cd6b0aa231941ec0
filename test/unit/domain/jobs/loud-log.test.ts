/** P11: a job that prints a megabyte a second, as its worker sends it. */
import process from 'node:process';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Held, type JobBench, openJobBench } from './job-bench.ts';

const FULL = process.env.FULL === '1';
const SECONDS = FULL ? 60 : 6;
/** A call of the worker's pump: a quarter of a megabyte. */
const LINES = 400;
const CALLS = SECONDS * 4;
const LINE_BYTES = 640;
/** Of the table, for each KB of the log; stored as it is and twice over, it would be two. */
const UNITS_PER_KB = 2.2;

let bench: JobBench;
beforeEach(async () => {
  bench = await openJobBench();
});
afterEach(() => bench.app.close());

/** Text that does not repeat itself: a log that packs well costs less. */
const noise = (length: number): string =>
  bench.app.system.ids.secret(Math.ceil((length * 3) / 4)).slice(0, length);

async function print(held: Held, from: number): Promise<readonly string[]> {
  const lines = Array.from({ length: LINES }, (_, at) => {
    const start = `\u001b[32m${from + at}\u001b[0m `;
    return start + noise(LINE_BYTES - start.length);
  });
  for (let stored = 0; stored < LINES; ) {
    const answer = await held.log(from + stored, lines.slice(stored));
    expect(answer.status).toBe(200);
    stored = answer.body.next - from;
  }
  return lines;
}

it('is stored faster than it prints, within its budget, and whole', {
  timeout: 120_000,
}, async () => {
  const held = await bench.start();
  const { jobId } = held.claim;
  const numbers = new Map<number, string>();
  bench.app.meter.reset();
  let busyMs = 0;

  for (let call = 0; call < CALLS; call += 1) {
    const from = performance.now();
    const lines = await print(held, call * LINES);
    busyMs += performance.now() - from;
    for (const at of [0, LINES - 1]) numbers.set(call * LINES + at, lines[at] ?? '');
  }
  const { writeUnits } = bench.app.meter.snapshot();

  const kilobytes = (CALLS * LINES * LINE_BYTES) / 1024;
  expect(busyMs).toBeLessThan(SECONDS * 1000);
  expect(writeUnits / kilobytes).toBeLessThan(UNITS_PER_KB);
  for (const [number, line] of numbers) {
    const { data } = await bench.log(jobId, `index=${number}&pageLength=1`);
    expect(data[0].message).toBe(line);
  }
  const page = await bench.log(jobId, 'pageLength=1');
  expect(page.totalNumResults).toBe(CALLS * LINES);
});
