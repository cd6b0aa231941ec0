import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Graph,
  parseGraph,
  predecessorsOf,
  topologicalSort,
} from '#domain/entrypoints/task-graph/index.ts';

function graphOf(text: string): Graph {
  const parsed = parseGraph(text);
  if (!parsed.ok) throw new Error(parsed.issue.message);
  return parsed.graph;
}

type Edge = readonly [number, number];

/** Half of the edges become references, half declared dependencies. */
function drawn(size: number, edges: readonly Edge[], order: readonly number[]): Graph {
  const lines = order.slice(0, size).map((step) => {
    const before = edges.filter(([, to]) => to === step).map(([from]) => from);
    const referred = before.filter((from) => from % 2 === 0).map((from) => `$s${from}`);
    const declared = before.filter((from) => from % 2 === 1).map((from) => `s${from}`);
    return `s${step}: ${JSON.stringify({ t: referred, dependencies: declared })}`;
  });
  return graphOf(lines.join('\n'));
}

const maxSteps = 12;
const step = fc.nat({ max: maxSteps - 1 });
const anyOrder = fc.shuffledSubarray([...Array(maxSteps).keys()], { minLength: maxSteps });
const edges = fc.array(fc.tuple(step, step), { maxLength: 30 });

describe('topologicalSort', () => {
  test('puts every step once and after what it needs', () => {
    fc.assert(
      fc.property(edges, anyOrder, (drawnEdges, order) => {
        const forward = drawnEdges.filter(([from, to]) => from < to);
        const graph = drawn(maxSteps, forward, order);

        const sorted = topologicalSort(graph);

        if (!sorted.ok) throw new Error('there is no cycle');
        const places = new Map(sorted.order.map((name, place) => [name, place]));
        expect(sorted.order.toSorted()).toEqual([...graph.steps.keys()].toSorted());
        for (const [from, to] of forward) {
          expect(places.get(`s${from}`)).toBeLessThan(places.get(`s${to}`) ?? -1);
        }
      }),
    );
  });

  test('shows a cycle exactly when there is one', () => {
    fc.assert(
      fc.property(edges, anyOrder, step, (drawnEdges, order, through) => {
        const forward = drawnEdges.filter(([from, to]) => from < to);
        const back: Edge = [maxSteps - 1, through];
        const ring = [...forward, [through, maxSteps - 1] as const, back];
        const graph = drawn(maxSteps, ring, order);

        const sorted = topologicalSort(graph);

        if (sorted.ok) throw new Error('there is a cycle');
        expect(sorted.cycle.length).toBeGreaterThan(1);
        expect(sorted.cycle.at(0)).toBe(sorted.cycle.at(-1));
        for (const [place, name] of sorted.cycle.slice(1).entries()) {
          const needing = graph.steps.get(name);
          expect(needing && predecessorsOf(graph, needing)).toContain(sorted.cycle[place]);
        }
      }),
    );
  });

  test.each([
    ['a: {t: []}\nb: {t: []}\nc: {t: []}', ['a', 'b', 'c']],
    ['a: {t: $c}\nb: {t: []}\nc: {t: []}', ['c', 'b', 'a']],
    ['z: {t: [[$c, $b]]}\na: {t: []}\nb: {t: []}\nc: {t: []}', ['c', 'b', 'a', 'z']],
    ['a: {t: [], dependencies: [gone]}', ['a']],
  ])('%j', (text, order) => {
    expect(topologicalSort(graphOf(text))).toEqual({ ok: true, order });
  });

  test('names the steps of a cycle in the order of need', () => {
    const sorted = topologicalSort(graphOf('x: {t: $a}\na: {t: $c}\nb: {t: $a}\nc: {t: $b}'));

    expect(sorted).toEqual({ ok: false, cycle: ['b', 'c', 'a', 'b'] });
  });
});
