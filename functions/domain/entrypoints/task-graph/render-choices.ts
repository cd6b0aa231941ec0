import { isJsonMap, type JsonMap, type JsonValue, property } from './json.ts';

function renderEntry(key: string, value: JsonValue, choices: ReadonlyMap<string, string>) {
  const alias = key.startsWith('?') ? choices.get(key.slice(1)) : undefined;
  if (alias === undefined || !isJsonMap(value)) return value;
  return Object.fromEntries(
    ['?outputs', alias].map((name) => [name, property(value, name) ?? null]),
  );
}

/**
 * The `graph` of an engine document with the chosen alias of each swap alone; the engine compiles
 * what is left of the swap itself. A swap without a choice keeps all its aliases.
 */
export function renderChoices(graph: JsonMap, choices: ReadonlyMap<string, string>): JsonMap {
  const steps = Object.entries(graph).map(([name, step]): readonly [string, JsonValue] => {
    if (!isJsonMap(step)) return [name, step];
    const entries = Object.entries(step).map(([key, value]) => [
      key,
      renderEntry(key, value, choices),
    ]);
    return [name, Object.fromEntries(entries)];
  });
  return Object.fromEntries(steps);
}
