/** Scripts that were written for the Testbed API, by `requests` and by curl, unmodified against ours. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureMlflowPython } from '../../infra/local/sample/python.ts';
import {
  listChecks,
  type Place,
  type Report,
  ROUND,
  runCalls,
  runChecks,
  uncalled,
} from './testbed/driver.ts';
import { type LocalStack, startLocalStack } from './testbed/local-stack.ts';

const FULL = process.env.FULL === '1';
/** What is in a large archive beside its project; 100 MiB is the most for the whole. */
const LARGE = 99;
const areas = [...ROUND, 'large_forms'];
const python = await ensureMlflowPython();
const checks = await listChecks(python, areas);

let stack: LocalStack;
let place: Place;
beforeAll(async () => {
  stack = await startLocalStack();
  const { url, user } = stack;
  place = { url, user, queue: 'default', megabytes: 6 };
});
afterAll(() => stack.stop());

describe('a script of Python', () => {
  let report: Report;
  beforeAll(async () => {
    report = await runChecks(python, place, areas);
  });

  it.each(checks)('%s', (title) => {
    expect(report.errors.get(title)).toBe(null);
  });

  it('calls every route', async () => {
    expect(await uncalled(report.called)).toEqual([]);
  });
});

it('a script of curl gets the answers that it expects, from every route', async () => {
  const { wrong, called } = await runCalls(place);

  expect(wrong).toEqual([]);
  expect(await uncalled(called)).toEqual([]);
});

describe.runIf(FULL)(`an archive of ${LARGE} MiB`, () => {
  const run = async (area: string, title: string) => {
    const before = stack.peakMemory();
    const since = performance.now();
    const { errors } = await runChecks(python, { ...place, megabytes: LARGE }, [area]);
    const seconds = (performance.now() - since) / 1000;
    expect(errors.get(title)).toBe(null);
    return { seconds: Math.round(seconds), before, during: stack.peakMemory() };
  };
  const tell = (way: string, { seconds, before, during }: Awaited<ReturnType<typeof run>>) =>
    console.info(
      `${LARGE} MiB ${way}: the area took ${seconds} s; at its peak the API's process had ${during} MiB, ${before} MiB before`,
    );

  it('goes to its signed URL, is checked and run, and the API never holds it', async () => {
    // As warm as a server that has answered for a while: the peak of this is what comes next to its own.
    stack.peakMemory();
    await runChecks(python, place, ['uploads']);

    const used = await run('uploads', 'uploads: goes to its address and is run');

    tell('by its signed URL', used);
    expect(used.during - used.before).toBeLessThan(LARGE / 2);
  });

  it('may also come in the form, which is held whole', async () => {
    const used = await run('large_forms', 'large_forms: takes what is large');

    tell('in the form', used);
    expect(used.during - used.before).toBeLessThan(5 * LARGE);
  });

  it('can be uploaded by curl', async () => {
    expect((await runCalls({ ...place, megabytes: LARGE })).wrong).toEqual([]);
  });
});
