/** Our masks beside those of flask-restx, which Dioptra's servers are made with; `FULL=1` installs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ensureRestxPython } from '../../infra/local/sample/python.ts';
import { ours, sampleMask, sampleValue, scrap } from '../unit/http/mask-samples.ts';

const script = fileURLToPath(new URL('testbed/masks_of_restx.py', import.meta.url));
const SAMPLES = 20_000;

const isEmptySomewhere = (mask: string): boolean => {
  const signs = mask.replaceAll(/[\s;]/g, '');
  return signs === '' || signs.includes('{}');
};

type Sample = readonly [mask: string, value: unknown];

async function theirs(samples: readonly Sample[]): Promise<readonly object[]> {
  const child = spawn(await ensureRestxPython(), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.end(samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  const said = await text(child.stdout);
  expect(await ended).toEqual([0, null]);
  return said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

it.runIf(process.env.FULL === '1')('masks show what those of flask-restx show', async () => {
  const samples: readonly Sample[] = fc.sample(
    fc.tuple(fc.oneof(sampleMask, scrap), sampleValue),
    SAMPLES,
  );

  const wanted = await theirs(samples);

  const pairs = samples.map(([mask, value], at) => ({
    mask,
    value,
    wanted: wanted[at] ?? {},
    found: ours(mask, value),
  }));
  // It breaks where a mask meets what has no fields, and makes an object of that where the mask names none.
  const told = pairs.filter(
    ({ mask, wanted }) => Object.keys(wanted).length > 0 && !isEmptySomewhere(mask),
  );
  expect(told.length).toBeGreaterThan(SAMPLES / 3);
  expect(told.filter(({ wanted }) => 'refused' in wanted).length).toBeGreaterThan(SAMPLES / 20);
  expect(told.filter(({ wanted }) => 'json' in wanted).length).toBeGreaterThan(SAMPLES / 20);
  const differ = told.filter((each) => JSON.stringify(each.found) !== JSON.stringify(each.wanted));
  expect(differ.slice(0, 5)).toEqual([]);
});
