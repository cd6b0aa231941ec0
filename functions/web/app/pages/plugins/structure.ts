import { type JsonValue, typeStructureFault } from '#domain/entrypoints/task-graph/index.ts';
import { readYaml } from '#domain/entrypoints/task-graph/read-yaml.ts';

/** What the API takes as the structure of a type; `null` for a name alone. */
export type Structure = Readonly<Record<string, never>> | null;

export type StructureReading =
  | { readonly ok: true; readonly structure: Structure }
  | { readonly ok: false; readonly fault: string };

/** The structure that a text tells: JSON is YAML, too. Hostile texts are refused quickly. */
export function readStructure(text: string): StructureReading {
  if (text.trim() === '') return { ok: true, structure: null };
  const yaml = readYaml(text);
  if (!yaml.ok) return { ok: false, fault: `Line ${yaml.line}: ${yaml.message}.` };
  const fault = typeStructureFault(yaml.value);
  return fault === undefined
    ? { ok: true, structure: plainOf(yaml.value) }
    : { ok: false, fault: `Not a type: ${fault}.` };
}

/** Structures that have no fault hold maps, lists and texts alone. */
const plainOf = (value: JsonValue): Structure => JSON.parse(JSON.stringify(value)) as Structure;
