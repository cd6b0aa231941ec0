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
  let fresh: LocalStack;
  let large: Place;
  beforeAll(async () => {
    fresh = await startLocalStack();
    const { url, user } = fresh;
    large = { ...place, url, user, megabytes: LARGE };
    // What this takes at its peak, half as large an archive, is what comes next to begin with.
    await runChecks(python, { ...large, megabytes: LARGE >> 1 }, ['experiments', 'uploads']);
  });
  afterAll(() => fresh.stop());

  /** Does what takes the archive; says how much more memory the API's process had at its peak, in MiB. */
  const grownBy = async (way: string, area: string, title: string): Promise<number> => {
    const before = fresh.peakMemory();
    const { errors } = await runChecks(python, large, [area]);
    const during = fresh.peakMemory();
    expect(errors.get(title)).toBe(null);
    console.info(
      `${LARGE} MiB ${way}: the API's process had ${during} MiB at its peak, ${before} MiB before`,
    );
    return during - before;
  };

  it('goes to its signed URL, is checked and run, and the API never holds it', async () => {
    const title = 'uploads: goes to its address and is run';

    expect(await grownBy('by its signed URL', 'uploads', title)).toBeLessThan(LARGE / 3);
  });

  it('may also come in the form, which is held whole', async () => {
    const title = 'large_forms: takes what is large';

    expect(await grownBy('in the form', 'large_forms', title)).toBeLessThan(5 * LARGE);
  });

  it('can be uploaded by curl', async () => {
    expect((await runCalls(large)).wrong).toEqual([]);
  });
});
