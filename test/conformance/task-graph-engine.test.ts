import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderedDocument } from '#domain/entrypoints/render.ts';
import {
  type Choices,
  castParameterValue,
  chosenGraph,
  defaultChoices,
  type EntrypointSource,
  parseArtifactGraph,
  parseGraph,
  renderEngineDocument,
  surroundingsOf,
  swapChoices,
  topologicalSort,
  usedWhateverIsChosen,
  validateEntrypoint,
} from '#domain/entrypoints/task-graph/index.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import { generatedCases } from './task-graph/generated.ts';
import type { GraphCase } from './task-graph/graph-case.ts';
import { forms } from './task-graph/graph-forms.ts';
import { meanings } from './task-graph/graph-meanings.ts';
import { surroundings } from './task-graph/graph-surroundings.ts';
import { swapCases } from './task-graph/graph-swaps.ts';
import { typings } from './task-graph/graph-types.ts';
import { casts, refusedCasts, scalars } from './task-graph/values.ts';
import { workshop } from './task-graph/workshop.ts';

type Judgement = {
  /** What the engine has against the original's document for the same entrypoint. */
  readonly errors: readonly string[];
  /** Whether our document with all parameters equals it, value for value. */
  readonly same: boolean | null;
  /** What the engine has against the documents that workers of ours would get. */
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
const written = [...forms, ...meanings, ...surroundings, ...typings, ...swapCases];
const graphCases: readonly GraphCase[] = [...written, ...generatedCases];
const allCasts = [...casts, ...refusedCasts];
let answer: Answer;

const sourceOf = ({ taskGraph, change }: GraphCase): EntrypointSource => ({
  ...workshop,
  ...change,
  taskGraph,
});

/** The document with everything in it, to be compared with the original's. */
function completeDocument(source: EntrypointSource): string | null {
  const rendered = renderEngineDocument(source, 'all');
  return rendered.ok ? JSON.stringify(rendered.document) : null;
}

/** The first alias of each swap, and the last of each. */
function someChoices(graph: Parameters<typeof defaultChoices>[0]): readonly Choices[] {
  const all = swapChoices(graph);
  const last = new Map(all.map(({ swap, alias }) => [swap, alias]));
  return all.length === 0 ? [last] : [defaultChoices(graph), last];
}

/** What workers would get. */
function jobDocuments(source: EntrypointSource): readonly string[] {
  const parsed = parseGraph(source.taskGraph);
  const kept = parseArtifactGraph(source.artifactGraph);
  const rendered = renderEngineDocument(source);
  const isSound = validateEntrypoint(source).kind === 'valid';
  if (!parsed.ok || !kept.ok || !rendered.ok || !isSound) return [];
  const stored = {
    config: JSON.stringify(rendered.document),
    parameters: source.parameters,
    usedParameters: [...usedWhateverIsChosen(parsed.graph, kept.artifacts)],
    swaps: swapChoices(parsed.graph).map((choice) => ({ ...choice, fileSnapshotId: 1 })),
  };
  return someChoices(parsed.graph).map((choices) =>
    JSON.stringify(renderedDocument(stored, choices)),
  );
}

function question(graphCase: GraphCase) {
  const source = sourceOf(graphCase);
  return {
    id: graphCase.id,
    source: { ...source, types: [...source.types] },
    complete: completeDocument(source),
    rendered: jobDocuments(source),
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
    maxBuffer: 64 * 1024 * 1024,
    timeout: 200_000,
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
    const verdicts = generatedCases.map(({ id }) => answer.cases[id]?.errors.length === 0);
    const count = (valid: boolean) => ({
      written: written.filter((one) => one.valid === valid).length,
      generated: verdicts.filter((one) => one === valid).length,
    });
    const [sound, faulty] = [count(true), count(false)];
    const deliberate = written.filter(({ differs }) => differs !== undefined);
    console.info(
      `graphs: ${graphCases.length}; sound: ${JSON.stringify(sound)}; faulty: ${JSON.stringify(faulty)}; deliberately different: ${deliberate.length}`,
    );

    expect(ids.size).toBe(graphCases.length);
    expect(Object.keys(answer.cases)).toHaveLength(graphCases.length);
    expect(graphCases.length - deliberate.length).toBeGreaterThanOrEqual(300);
    for (const number of [sound, faulty].flatMap(Object.values)) {
      expect(number).toBeGreaterThan(60);
    }
    expect(sound.written + faulty.written).toBeGreaterThan(250);
  });

  test.each(graphCases.filter(({ differs }) => differs === undefined))('on "$id"', (graphCase) => {
    const engine = answer.cases[graphCase.id];
    const wanted = graphCase.valid ?? engine?.errors.length === 0;

    const ours = validateEntrypoint(sourceOf(graphCase));

    const shown = `${graphCase.taskGraph}\n${engine?.errors.join('\n')}\n${JSON.stringify(ours)}`;
    expect(engine?.errors.length === 0, shown).toBe(wanted);
    expect(ours.kind === 'valid', shown).toBe(wanted);
    if (ours.kind !== 'valid') return;
    expect(engine?.ours, 'the documents for workers').toEqual([]);
    // What means nothing and is not used is in the original's document, too.
    const { registry } = surroundingsOf(sourceOf(graphCase));
    if (registry.faults.size === 0)
      expect(engine?.same, "our document is the original's").toBe(true);
    const chosen = chosenGraph(ours.graph, defaultChoices(ours.graph));
    expect(topologicalSort(chosen)).toEqual({ ok: true, order: engine?.order });
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

test.each(graphCases.filter(({ differs }) => differs !== undefined))(
  'deliberately not like the engine: "$id", since $differs',
  (graphCase) => {
    const ours = validateEntrypoint(sourceOf(graphCase));
    const engine = answer.cases[graphCase.id];

    expect(ours.kind === 'valid', JSON.stringify(ours)).toBe(graphCase.valid);
    expect(engine?.errors.length === 0, engine?.errors.join('\n')).toBe(!graphCase.valid);
    expect(engine?.ours).toEqual([]);
  },
);
