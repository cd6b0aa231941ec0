/** Dioptra's own signature analysis, from its package on PyPI, judges the same code as ours. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { signaturesIn } from '#domain/workflows/signatures/signatures.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import { broken, cases } from './signatures/cases.ts';

const script = fileURLToPath(new URL('./signatures/original.py', import.meta.url));

let theirs: ReadonlyMap<string, unknown>;

beforeAll(async () => {
  const python = await ensureJobPython();
  const asked = [...cases, ...broken];
  const run = spawnSync(python, [script], { input: JSON.stringify(asked), encoding: 'utf8' });
  expect([run.status, run.stderr]).toEqual([0, '']);
  const answers = JSON.parse(run.stdout);
  theirs = new Map(asked.map((code, index) => [code, answers[index]]));
}, 300_000);

/** Ours in the words of the original; null for what is no Python. */
function ours(code: string): unknown {
  try {
    return signaturesIn(code).map(({ missingTypes, ...signature }) => ({
      ...signature,
      suggested_types: missingTypes.map(({ name, description }) => ({
        suggestion: name,
        type_annotation: description,
      })),
    }));
  } catch {
    return null;
  }
}

describe('the signature analysis', () => {
  it('asks many questions, most of which have an answer', () => {
    expect(cases.length).toBeGreaterThan(500);
    expect([...theirs.values()].filter((answer) => answer !== null).length).toBeGreaterThan(450);
  });

  it.each(cases)('says what the original says of %j', (code) => {
    expect(ours(code)).toEqual(theirs.get(code));
  });

  it.each(broken)('refuses what the original refuses: %j', (code) => {
    expect([ours(code), theirs.get(code)]).toEqual([null, null]);
  });
});
