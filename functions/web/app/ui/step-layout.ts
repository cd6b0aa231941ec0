import {
  type Graph,
  parseGraph,
  predecessorsOf,
  type Step,
  topologicalSort,
} from '#domain/entrypoints/task-graph/index.ts';
import { BOX } from './step-box.ts';

/** Beyond these a drawing shows nothing that anybody could follow. */
export const drawnLimits = { steps: 300, arrows: 2_000 } as const;

export interface GraphStep {
  readonly name: string;
  /** The task that it calls, or those that a swap chooses from. */
  readonly task: string;
  /** The steps that must end before it. */
  readonly after: readonly string[];
}

export interface DrawnStep extends GraphStep {
  readonly x: number;
  readonly y: number;
}

export interface Drawing {
  readonly kind: 'drawing';
  readonly steps: readonly DrawnStep[];
  readonly width: number;
  readonly height: number;
  /** Steps that wait for each other, the first repeated at the end. */
  readonly cycle: readonly string[] | undefined;
}

export type Drawn =
  | Drawing
  | { readonly kind: 'empty' }
  | { readonly kind: 'wrong'; readonly message: string; readonly line: number | undefined }
  | { readonly kind: 'large'; readonly steps: readonly GraphStep[] };

type Needs = ReadonlyMap<string, readonly string[]>;

const taskOf = (step: Step): string => {
  if (step.kind === 'task') return step.invocation.task;
  const choices = step.swaps.flatMap((swap) => [...swap.choices.values()]);
  return choices.map(({ task }) => task).join(' or ');
};

/** Steps by who needs them. */
function followersOf(needs: Needs): ReadonlyMap<string, readonly string[]> {
  const followers = new Map<string, string[]>();
  for (const [name, before] of needs) {
    for (const earlier of before) {
      const known = followers.get(earlier);
      if (known === undefined) followers.set(earlier, [name]);
      else known.push(name);
    }
  }
  return followers;
}

/** The length of the longest way to each step; those of a cycle come below all others, one by one. */
export function layersOf(needs: Needs): ReadonlyMap<string, number> {
  const followers = followersOf(needs);
  const open = new Map([...needs].map(([name, before]) => [name, before.length]));
  const layers = new Map<string, number>();
  // The list grows while it is walked: what a step releases is appended.
  const ready = [...needs.keys()].filter((name) => open.get(name) === 0);
  for (const name of ready) {
    const before = (needs.get(name) ?? []).map((each) => layers.get(each) ?? -1);
    layers.set(name, Math.max(-1, ...before) + 1);
    for (const next of followers.get(name) ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  const stuck = [...needs.keys()].filter((name) => !layers.has(name));
  const lowest = Math.max(-1, ...layers.values());
  for (const [index, name] of stuck.entries()) layers.set(name, lowest + 1 + index);
  return layers;
}

/** Rows of steps, each as near as may be to the middle of those above that it needs. */
function rowsOf(needs: Needs, layers: ReadonlyMap<string, number>): readonly string[][] {
  const rows: string[][] = [];
  for (const name of needs.keys()) {
    const layer = layers.get(name) ?? 0;
    const row = rows[layer] ?? [];
    rows[layer] = row;
    row.push(name);
  }
  const places = new Map<string, number>();
  for (const row of rows) {
    const centre = (row.length - 1) / 2;
    const wanted = new Map(
      row.map((name, index) => {
        const above = (needs.get(name) ?? []).flatMap((each) => places.get(each) ?? []);
        const sum = above.reduce((total, place) => total + place, 0);
        return [name, above.length === 0 ? index - centre : sum / above.length];
      }),
    );
    row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    for (const [index, name] of row.entries()) places.set(name, index - centre);
  }
  return rows;
}

type Place = { readonly x: number; readonly y: number };

function placesOf(rows: readonly string[][]) {
  const step = BOX.width + BOX.across;
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const width = widest * step - BOX.across + 2 * BOX.edge;
  const places = new Map<string, Place>();
  for (const [layer, row] of rows.entries()) {
    const left = (width - (row.length * step - BOX.across)) / 2;
    const y = BOX.edge + layer * (BOX.height + BOX.down);
    for (const [index, name] of row.entries()) places.set(name, { x: left + index * step, y });
  }
  const height = rows.length * (BOX.height + BOX.down) - BOX.down + 2 * BOX.edge;
  return { places, width, height };
}

/** Where the steps of a graph stand: below all that they need, beside those that need not wait for each other. */
export function drawingOf(graph: Graph): Drawn {
  const steps = [...graph.steps.values()].map((step) => ({
    name: step.name,
    task: taskOf(step),
    after: predecessorsOf(graph, step),
  }));
  const arrows = steps.reduce((sum, { after }) => sum + after.length, 0);
  if (steps.length > drawnLimits.steps || arrows > drawnLimits.arrows) {
    return { kind: 'large', steps };
  }
  const needs = new Map(steps.map(({ name, after }) => [name, after] as const));
  const { places, width, height } = placesOf(rowsOf(needs, layersOf(needs)));
  const sorted = topologicalSort(graph);
  return {
    kind: 'drawing',
    width,
    height,
    cycle: sorted.ok ? undefined : sorted.cycle,
    steps: steps.map((step) => ({ ...step, ...(places.get(step.name) ?? { x: 0, y: 0 }) })),
  };
}

/** What there is to draw of a text, which may be anything: the parser refuses what would take long. */
export function drawnText(yaml: string): Drawn {
  const parsed = parseGraph(yaml);
  if (parsed.ok) return drawingOf(parsed.graph);
  const { kind, message, line } = parsed.issue;
  return kind === 'empty' ? { kind: 'empty' } : { kind: 'wrong', message, line };
}
