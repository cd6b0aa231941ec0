import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  castParameterValue,
  type EntrypointSource,
  parseGraph,
  renderEngineDocument,
  topologicalSort,
  validateEntrypoint,
} from '#domain/entrypoints/task-graph/index.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import type { GraphCase } from './task-graph/graph-case.ts';
import { forms } from './task-graph/graph-forms.ts';
import { meanings } from './task-graph/graph-meanings.ts';
import { surroundings } from './task-graph/graph-surroundings.ts';
import { casts, refusedCasts, scalars } from './task-graph/values.ts';
import { workshop } from './task-graph/workshop.ts';

type Judgement = {
  /** What the engine has against the original's document for the same entrypoint. */
  readonly errors: readonly string[];
  /** Whether our document with all parameters equals it, value for value. */
  readonly same: boolean | null;
  /** What the engine has against the document that a worker of ours would get. */
  readonly ours: readonly string[] | null;
  readonly order: readonly string[] | null;
};
type Answer = {
  readonly cases: Readonly<Record<string, Judgement>>;
  readonly scalars: readonly (string | null)[];
  readonly casts: readonly (string | null)[];
};

const script = fileURLToPath(new URL('./task-graph/engine.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'task-graph-'));
const graphCases = [...forms, ...meanings, ...surroundings];
const allCasts = [...casts, ...refusedCasts];
let answer: Answer;

const sourceOf = ({ taskGraph, change }: GraphCase): EntrypointSource => ({
  ...workshop,
  ...change,
  taskGraph,
});

function documentText(source: EntrypointSource, keep: 'referenced' | 'all'): string | null {
  const rendered = renderEngineDocument(source, keep);
  return rendered.ok ? JSON.stringify(rendered.document) : null;
}

function question(graphCase: GraphCase) {
  const source = sourceOf(graphCase);
  return {
    id: graphCase.id,
    source: { ...source, types: [...source.types] },
    complete: documentText(source, 'all'),
    rendered: documentText(source, 'referenced'),
  };
}

/** Asks everything in one Python process; the folder is empty, so that no schema of a job is found. */
function askTheEngine(python: string): Answer {
  const input = JSON.stringify({ cases: graphCases.map(question), scalars, casts: allCasts });
  const run = spawnSync(python, [script], {
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (run.error || run.status !== 0) {
    throw new Error(`${python} could not ask the task engine: ${run.error?.message ?? run.stderr}`);
  }
  return JSON.parse(run.stdout) as Answer;
}

/** Python writes 1e-07 and, for what is not finite, NaN and Infinity, which no JSON reader takes. */
function comparable(json: string | null | undefined): string | null {
  if (json === null || json === undefined || /NaN|Infinity/.test(json)) return null;
  return json.replaceAll(/e([+-])0+(\d)/g, 'e$1$2').replaceAll(/(?<=[,:]) /g, '');
}

beforeAll(async () => {
  answer = askTheEngine(await ensureJobPython());
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the real task engine agrees', () => {
  test('on enough graphs of both kinds', () => {
    const ids = new Set(graphCases.map((graphCase) => graphCase.id));

    expect(ids.size).toBe(graphCases.length);
    expect(Object.keys(answer.cases)).toHaveLength(graphCases.length);
    expect(graphCases.filter((graphCase) => graphCase.valid).length).toBeGreaterThan(30);
    expect(graphCases.filter((graphCase) => !graphCase.valid).length).toBeGreaterThan(60);
  });

  test.each(graphCases)('on "$id"', (graphCase) => {
    const engine = answer.cases[graphCase.id];

    const ours = validateEntrypoint(sourceOf(graphCase));

    expect(engine?.errors.length === 0, engine?.errors.join('\n')).toBe(graphCase.valid);
    expect(ours.kind === 'valid', JSON.stringify(ours)).toBe(graphCase.valid);
    if (ours.kind !== 'valid') return;
    expect(engine?.same, 'our document is the document of the original').toBe(true);
    expect(engine?.ours, 'the document for workers').toEqual([]);
    expect(topologicalSort(ours.graph)).toEqual({ ok: true, order: engine?.order });
  });

  test.each(scalars.map((text, place) => ({ text, place })))(
    'on the scalar $text',
    ({ text, place }) => {
      const parsed = parseGraph(`a: {t: [${text}]}`);

      const ours = parsed.ok && (parsed.graph.source.a as { t: readonly unknown[] }).t[0];

      const json = parsed.ok ? JSON.stringify(ours) : null;
      expect(comparable(json)).toBe(comparable(answer.scalars[place]));
    },
  );

  test.each(casts.map(([type, text], place) => ({ type, text, place })))(
    'on the $type "$text"',
    ({ type, text, place }) => {
      const cast = castParameterValue(type, text);

      expect(comparable(cast.ok ? JSON.stringify(cast.value) : null)).toBe(
        comparable(answer.casts[place]),
      );
    },
  );
});

test.each(refusedCasts.map(([type, text], place) => ({ type, text, place })))(
  'the original takes the $type "$text" and we refuse it',
  ({ type, text, place }) => {
    expect(answer.casts[casts.length + place]).not.toBeNull();
    expect(castParameterValue(type, text).ok).toBe(false);
  },
);
