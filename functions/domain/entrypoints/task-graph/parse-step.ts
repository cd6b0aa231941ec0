import type { Expression, Invocation, Step, Swap } from './ast.ts';
import { isJsonList, isJsonMap, type JsonMap, type JsonValue, property } from './json.ts';
import { parseExpression } from './references.ts';
import { describeKind, mapAt, onlyKeys, ShapeRefusal } from './shape.ts';

const isSwapKey = (key: string): boolean => key.startsWith('?');

function keywordArguments(value: JsonMap): ReadonlyMap<string, Expression> {
  return new Map(Object.entries(value).map(([name, item]) => [name, parseExpression(item)]));
}

/** A list is the arguments; anything else is the only argument. */
function positionalArguments(value: JsonValue): readonly Expression[] {
  return isJsonList(value) ? value.map(parseExpression) : [parseExpression(value)];
}

function parseMixed(source: JsonMap, what: string, written: JsonMap): Invocation {
  onlyKeys(source, ['task', 'args', 'kwargs'], what, written);
  const task = property(source, 'task');
  if (typeof task !== 'string' || task === '') {
    throw new ShapeRefusal(`the task of ${what} must be its name`, {
      within: written,
      key: 'task',
    });
  }
  const args = property(source, 'args');
  if (isJsonMap(args)) {
    throw new ShapeRefusal(`"args" of ${what} is a map; keyword arguments belong in "kwargs"`, {
      within: written,
      key: 'args',
    });
  }
  const hasKeywords = Object.hasOwn(source, 'kwargs');
  return {
    form: 'mixed',
    task,
    positional: args === undefined ? [] : positionalArguments(args),
    keyword: hasKeywords
      ? keywordArguments(mapAt(written, 'kwargs', `"kwargs" of ${what}`))
      : new Map(),
    source: written,
  };
}

/**
 * `{task: …, args?, kwargs?}`, `{name: {…}}` or `{name: […]}`. `written` is the map in the text, of
 * which `source` may be a part.
 */
function parseInvocation(source: JsonMap, what: string, written = source): Invocation {
  if (Object.hasOwn(source, 'task')) return parseMixed(source, what, written);
  const [entry, second] = Object.entries(source);
  if (!entry) throw new ShapeRefusal(`${what} calls no task`);
  if (second) {
    throw new ShapeRefusal(`${what} calls more than one task: "${entry[0]}" and "${second[0]}"`, {
      within: written,
      key: second[0],
    });
  }
  const [task, given] = entry;
  return isJsonMap(given)
    ? { form: 'keyword', task, positional: [], keyword: keywordArguments(given), source: written }
    : {
        form: 'positional',
        task,
        positional: positionalArguments(given),
        keyword: new Map(),
        source: written,
      };
}

function parseDependencies(step: JsonMap, what: string): readonly string[] {
  const given = property(step, 'dependencies');
  if (given === undefined) return [];
  const names = isJsonList(given) ? given : [given];
  if (names.every((name) => typeof name === 'string')) return names;
  throw new ShapeRefusal(
    `the dependencies of ${what} must be the name of a step or a list of them`,
    {
      within: step,
      key: 'dependencies',
    },
  );
}

function swapOutputs(source: JsonMap, what: string): readonly string[] {
  const outputs = property(source, '?outputs');
  const at = { within: source, key: '?outputs' };
  if (!isJsonList(outputs)) {
    throw new ShapeRefusal(
      `${what} needs "?outputs", a list of names, not ${describeKind(outputs)}`,
      at,
    );
  }
  if (!outputs.every((name) => typeof name === 'string' && name !== '')) {
    throw new ShapeRefusal(`the outputs of ${what} must be names`, at);
  }
  if (new Set(outputs).size < outputs.length) {
    throw new ShapeRefusal(`the outputs of ${what} must differ from each other`, at);
  }
  return outputs as readonly string[];
}

function parseSwap(step: JsonMap, key: string, where: string): Swap {
  const what = `swap "${key.slice(1)}" of ${where}`;
  const source = mapAt(step, key, what);
  const outputs = swapOutputs(source, what);
  const aliases = Object.keys(source).filter((alias) => alias !== '?outputs');
  const odd = aliases.find(isSwapKey);
  if (odd !== undefined)
    throw new ShapeRefusal(`${what} has the unknown key "${odd}"`, { within: source, key: odd });
  if (aliases.length === 0)
    throw new ShapeRefusal(`${what} offers no choice`, { within: step, key });
  const choices = aliases.map((alias) => {
    const choice = `choice "${alias}" of ${what}`;
    const definition = mapAt(source, alias, choice);
    if (Object.hasOwn(definition, 'dependencies')) {
      throw new ShapeRefusal(`${choice} cannot have dependencies; the step can`, {
        within: source,
        key: alias,
      });
    }
    return [alias, parseInvocation(definition, choice)] as const;
  });
  return { name: key.slice(1), outputs, choices: new Map(choices), source };
}

/** Reads one entry of the graph. */
export function parseStep(graph: JsonMap, name: string): Step {
  const what = `step "${name}"`;
  const source = mapAt(graph, name, what);
  const dependencies = parseDependencies(source, what);
  const calls = Object.entries(source).filter(([key]) => key !== 'dependencies');
  if (calls.length === 0)
    throw new ShapeRefusal(`${what} calls no task`, { within: graph, key: name });
  const swapped = calls.filter(([key]) => isSwapKey(key));
  if (swapped.length === 0) {
    const invocation = parseInvocation(Object.fromEntries(calls), what, source);
    return { kind: 'task', name, dependencies, source, invocation, outputs: null };
  }
  if (swapped.length < calls.length) {
    throw new ShapeRefusal(`${what} has a swap and a call of a task; use one of them`, {
      within: graph,
      key: name,
    });
  }
  const swaps = swapped.map(([key]) => parseSwap(source, key, what));
  return { kind: 'swap', name, dependencies, source, swaps };
}
