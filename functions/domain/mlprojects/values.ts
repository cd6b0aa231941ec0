import { posix } from 'node:path';
import { isYamlMap, type YamlValue } from '#domain/entrypoints/index.ts';

/** What `mlflow.projects` would refuse of an entry point's values, as far as an archive tells it. */

export interface Parameter {
  readonly type: string;
  /** Undefined where the parameter needs a value. */
  readonly default: YamlValue | undefined;
}

/** A parameter as the MLproject file declares it: by its type alone, or by a mapping. */
export function parameterOf(spec: YamlValue): Parameter {
  if (typeof spec === 'string') return { type: spec, default: undefined };
  const fields: { readonly [key: string]: YamlValue } = isYamlMap(spec) ? spec : {};
  const { type, default: given } = fields;
  return { type: typeof type === 'string' ? type : 'string', default: given ?? undefined };
}

/** As Python's `urlparse` finds one. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** Whether a local path can be looked for in the archive: absolute ones and escapes are the worker's. */
const isInArchive = (path: string): boolean => !/^\/|%/.test(path) && !SCHEME.test(path);

/** Why the value of a parameter is none of its type, if so. */
export function faultOfValue(
  type: string,
  value: string,
  has: (path: string) => boolean,
): string | undefined {
  if (type === 'uri' && !SCHEME.test(value)) return 'which is no URI';
  if (type !== 'path' || !isInArchive(value)) return undefined;
  const path = posix.normalize(value).replace(/\/$/, '');
  if (value === '') return 'which is no path';
  if (path === '.' || path.startsWith('..') || has(path)) return undefined;
  return 'which is not in the archive';
}

/** The first name in braces of a command that is no parameter: Python cannot fill it in. */
export function strangeName(
  command: string,
  parameters: { readonly has: (name: string) => boolean },
): string | undefined {
  const fields = command.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{([^{}]*)\}/g);
  return [...fields]
    .map(([, field = '']) => field.split(/[!:.[]/)[0] ?? '')
    .find((name) => !parameters.has(name));
}
