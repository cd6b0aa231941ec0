import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import {
  chosenGraph,
  defaultChoices,
  type Graph,
  type JsonMap,
  parseGraph,
  swapChoices,
} from '#domain/entrypoints/task-graph/index.ts';
import { renderChoices } from '#domain/entrypoints/task-graph/render-choices.ts';

function graphOf(text: string): Graph {
  const parsed = parseGraph(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issue));
  return parsed.graph;
}

const word = fc
  .stringMatching(/^[a-z][a-z_]{0,5}$/)
  .filter((name) => !/^(task|dependencies)$/.test(name));
const value = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  // YAML 1.1 gives `=` a meaning that no task can receive, and the library does not quote it.
  fc.string().filter((text) => text !== '='),
  word.map((name) => `$${name}`),
  fc.array(fc.integer(), { maxLength: 3 }),
);
const invocation = fc.oneof(
  fc.tuple(word, fc.array(value, { maxLength: 3 })).map(([task, args]) => ({ [task]: args })),
  fc.tuple(word, fc.dictionary(word, value)).map(([task, args]) => ({ [task]: args })),
  fc.record({
    task: word,
    args: fc.array(value, { maxLength: 2 }),
    kwargs: fc.dictionary(word, value),
  }),
);
const swap = (name: string) =>
  fc
    .tuple(
      fc.uniqueArray(word, { maxLength: 2 }),
      fc.dictionary(word, invocation, { minKeys: 1, maxKeys: 4 }),
    )
    .map(([outputs, choices]) => ({ [`?${name}`]: { '?outputs': outputs, ...choices } }));
const graphs = fc
  .dictionary(word, fc.tuple(invocation, fc.boolean()), { minKeys: 1, maxKeys: 5 })
  .chain((steps) =>
    fc.record(
      Object.fromEntries(
        Object.entries(steps).map(([name, [call, swapped]]) => [
          name,
          swapped ? swap(name) : fc.constant(call),
        ]),
      ),
    ),
  ) as fc.Arbitrary<JsonMap>;

describe('a graph that was read', () => {
  test('is what was written', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(graphOf(stringify(graph, { version: '1.1' })).source).toEqual(graph);
      }),
    );
  });

  test('and rendered for choices is a graph with these choices alone, and does the same', () => {
    fc.assert(
      fc.property(graphs, fc.nat(), (source, luck) => {
        const graph = graphOf(JSON.stringify(source));
        const offered = swapChoices(graph);
        const choices = new Map(
          offered.map(({ swap: name }) => {
            const aliases = offered.filter((one) => one.swap === name).map(({ alias }) => alias);
            return [name, aliases[luck % aliases.length] ?? ''];
          }),
        );

        const rendered = graphOf(JSON.stringify(renderChoices(graph.source, choices)));

        expect(defaultChoices(rendered)).toEqual(choices);
        expect(swapChoices(rendered)).toHaveLength(choices.size);
        const calls = (one: Graph) =>
          [...chosenGraph(one, choices).steps.values()].map(
            ({ name, invocation: call, outputs }) => ({
              name,
              outputs,
              call,
            }),
          );
        expect(calls(rendered)).toEqual(calls(graph));
      }),
    );
  });

  test('and rendered without choices is itself', () => {
    fc.assert(
      fc.property(graphs, (source) => {
        expect(renderChoices(source, new Map())).toEqual(source);
      }),
    );
  });
});

test('each choice says what it takes from outside', () => {
  const graph = graphOf(
    'a: {load: $path}\nb: {"?S": {"?outputs": [], x: {log: [$a, $p, [$q.r, $p]]}, y: {task: fit}}}',
  );

  expect(swapChoices(graph)).toEqual([
    { swap: 'S', alias: 'x', task: 'log', uses: ['p', 'q'] },
    { swap: 'S', alias: 'y', task: 'fit', uses: [] },
  ]);
});
