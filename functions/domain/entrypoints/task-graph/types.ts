import { listed } from './issues.ts';
import { isJsonList, isJsonMap, type JsonValue, property } from './json.ts';
import { graphLimits } from './limits.ts';

const forms = ['list', 'tuple', 'mapping', 'union'] as const;

/** A nested type: a name or a definition with structure; simple types have names only. */
function nestedFault(type: JsonValue, depth: number): string | undefined {
  if (typeof type === 'string') return undefined;
  if (depth > graphLimits.depth) return 'nested too deeply';
  if (!isJsonMap(type)) return 'expected the name of a type or a definition';
  const keys = Object.keys(type);
  const [form] = keys;
  if (keys.length !== 1 || form === undefined || !(forms as readonly string[]).includes(form)) {
    return `expected exactly one of ${forms.join(', ')}, not ${listed(keys) || 'nothing'}`;
  }
  return structureFault(form, property(type, form) ?? null, depth);
}

function structureFault(form: string, content: JsonValue, depth: number): string | undefined {
  if (form === 'list') return nestedFault(content, depth + 1);
  if (form === 'mapping' && isJsonMap(content)) {
    return Object.values(content)
      .map((type) => nestedFault(type, depth + 1))
      .find(Boolean);
  }
  if (!isJsonList(content)) return `"${form}" needs a list of types`;
  if (form === 'mapping' && content.length !== 2)
    return 'a mapping needs a key type and a value type';
  return content.map((type) => nestedFault(type, depth + 1)).find(Boolean);
}

/** What is wrong with the structure of a named type; undefined when it follows the grammar of types. */
export function typeStructureFault(structure: JsonValue): string | undefined {
  if (structure === null) return undefined;
  if (isJsonMap(structure)) {
    const keys = Object.keys(structure);
    if (keys.length === 0) return undefined;
    if (keys.length === 1 && keys[0] === 'is_a') {
      return typeof property(structure, 'is_a') === 'string'
        ? undefined
        : '"is_a" needs the name of a type';
    }
  }
  return typeof structure === 'string'
    ? 'expected a definition, not a name'
    : nestedFault(structure, 0);
}

/** Names of types that a sound structure is built from. */
export function typesWithin(structure: JsonValue): readonly string[] {
  if (typeof structure === 'string') return [structure];
  if (isJsonList(structure)) return structure.flatMap(typesWithin);
  return isJsonMap(structure) ? Object.values(structure).flatMap(typesWithin) : [];
}
