import {
  type ExactNumber,
  exactFloat,
  exactInteger,
  isJsonList,
  isJsonMap,
  type JsonMap,
  type JsonValue,
} from './json.ts';
import { graphLimits } from './limits.ts';
import type { ParameterType } from './parameter-types.ts';
import type { EntrypointParameter } from './surroundings.ts';

/** The engine's name for a parameter's type; lists and mappings are typed by their default. */
export const engineTypes: Partial<Record<ParameterType, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  float: 'number',
};

export type CastResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly message: string };

// As Python reads numbers: blanks around, a sign, single underscores between digits.
const integerForm = /^[+-]?\d+(?:_\d+)*$/;
const floatForm =
  /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;

function mismatch(type: ParameterType, text: string, why = ''): CastResult {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return { ok: false, message: `"${shown}" is not of type ${type}${why && `: ${why}`}` };
}

function castInteger(text: string): CastResult {
  const trimmed = text.trim();
  if (!integerForm.test(trimmed)) return mismatch('integer', text);
  const value = exactInteger(trimmed.replaceAll('_', '').replace(/^\+/, ''));
  return value === undefined ? mismatch('integer', text, 'too long') : { ok: true, value };
}

function castFloat(text: string): CastResult {
  const trimmed = text.trim();
  if (/^[+-]?(?:inf(?:inity)?|nan)$/i.test(trimmed)) {
    return mismatch('float', text, 'it cannot be written in JSON');
  }
  if (!floatForm.test(trimmed)) return mismatch('float', text);
  const value = exactFloat(Number(trimmed.replaceAll('_', '')));
  return value === undefined ? mismatch('float', text, 'too large') : { ok: true, value };
}

function castBoolean(text: string): CastResult {
  const word = text.toLowerCase();
  return word === 'true' || word === 'false'
    ? { ok: true, value: word === 'true' }
    : mismatch('boolean', text);
}

/** Brackets outside of strings: known before anything recursive sees the value. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '[' || character === '{'))
      deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === ']' || character === '}')) depth -= 1;
  }
  return deepest;
}

class NotFinite extends Error {}

function exactNumber(source: string): number | ExactNumber {
  const value = /[.eE]/.test(source) ? exactFloat(Number(source)) : exactInteger(source);
  if (value === undefined) throw new NotFinite();
  return value;
}

/** JSON whose numbers keep their kind and all their digits. */
function parseExactly(json: string): JsonValue {
  return JSON.parse(json, (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined
      ? exactNumber(context.source)
      : value,
  ) as JsonValue;
}

function castJson(type: 'list' | 'mapping', text: string): CastResult {
  if (depthOf(text) > graphLimits.depth) return mismatch(type, text, 'nested too deeply');
  try {
    const value = parseExactly(text);
    const fits = type === 'list' ? isJsonList(value) : isJsonMap(value);
    return fits ? { ok: true, value } : mismatch(type, text);
  } catch (error) {
    if (error instanceof NotFinite) return mismatch(type, text, 'a number in it is too large');
    if (error instanceof SyntaxError) return mismatch(type, text, 'it is not JSON');
    throw error;
  }
}

/** The typed value of a parameter, whose values travel as text; lists and mappings are JSON text. */
export function castParameterValue(type: ParameterType, text: string): CastResult {
  switch (type) {
    case 'string':
      return { ok: true, value: text };
    case 'integer':
      return castInteger(text);
    case 'float':
      return castFloat(text);
    case 'boolean':
      return castBoolean(text);
    default:
      return castJson(type, text);
  }
}

/** Parameters whose default value is not of their type. */
export function mistypedDefaults(
  parameters: readonly EntrypointParameter[],
): readonly EntrypointParameter[] {
  return parameters.filter(
    ({ parameterType, defaultValue }) =>
      defaultValue !== null && !castParameterValue(parameterType, defaultValue).ok,
  );
}

function renderParameter({ parameterType, defaultValue }: EntrypointParameter): JsonMap {
  const type = engineTypes[parameterType];
  const cast = defaultValue === null ? undefined : castParameterValue(parameterType, defaultValue);
  return { ...(cast?.ok && { default: cast.value }), ...(type !== undefined && { type }) };
}

/** Parameters as the engine document has them. */
export const renderParameters = (parameters: readonly EntrypointParameter[]): JsonMap =>
  Object.fromEntries(parameters.map((parameter) => [parameter.name, renderParameter(parameter)]));
