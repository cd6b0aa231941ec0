import * as z from 'zod';
import { TypeStructure } from '#domain/entrypoints/index.ts';
import { holdsProto } from '#kernel/proto-key.ts';
import {
  line,
  parameterName,
  pluginFileName,
  pluginName,
  resourceName,
  text,
  verbatim,
} from '#kernel/strings.ts';
import { importFailed } from './failed.ts';

const MAX_LIST = 500;
const MAX_CONFIG = 1024 * 1024;

const description = () => text({ max: 10_000 }).default('');
const path = () => line({ min: 1, max: 1_000 });
const typed = z.strictObject({ name: parameterName(), type: z.string() });
const outputs = () => z.array(typed).max(MAX_LIST);
const file = pluginFileName();

const Plugin = z.strictObject({
  path: path(),
  description: description(),
  tasks: z
    .strictObject({
      functions: z
        .array(
          z.strictObject({
            filename: file,
            name: parameterName(),
            input_params: z
              .array(typed.extend({ required: z.boolean().default(false) }))
              .max(MAX_LIST),
            output_params: outputs(),
          }),
        )
        .max(MAX_LIST)
        .default([]),
      artifacts: z
        .array(z.strictObject({ filename: file, name: parameterName(), output_params: outputs() }))
        .max(MAX_LIST)
        .default([]),
    })
    .prefault({}),
});

const Entrypoint = z.strictObject({
  path: path(),
  name: resourceName(),
  description: description(),
  params: z
    .array(
      z.strictObject({
        name: line({ min: 1, max: 500 }),
        type: z.enum(['string', 'float', 'integer', 'boolean', 'list', 'mapping']),
        default_value: z
          .union([verbatim({ max: 65_536 }), z.number(), z.boolean(), z.null()])
          .default(null),
      }),
    )
    .max(MAX_LIST)
    .default([]),
  plugins: z.array(pluginName()).max(MAX_LIST).default([]),
  artifact_params: z
    .array(z.strictObject({ name: parameterName(), output_params: outputs() }))
    .max(MAX_LIST)
    .default([]),
  artifact_plugins: z.array(pluginName()).max(MAX_LIST).default([]),
});

/** The file that says what an import makes of the other files. */
export const ImportConfig = z.object({
  plugins: z.array(Plugin).max(MAX_LIST).default([]),
  plugin_param_types: z
    .array(
      z.strictObject({
        name: resourceName(),
        description: description(),
        structure: TypeStructure.nullable().default(null),
      }),
    )
    .max(MAX_LIST)
    .default([]),
  entrypoints: z.array(Entrypoint).max(MAX_LIST).default([]),
});
export type ImportConfig = z.output<typeof ImportConfig>;

/** Reads the config. Throws `invalid` (`import_failed`) that names what is wrong. */
export async function readConfig(toml: string): Promise<ImportConfig> {
  if (toml.length > MAX_CONFIG) throw importFailed('The config:', 'It is too large.');
  // Only imports read TOML.
  const { parse } = await import('./toml.ts');
  let raw: unknown;
  try {
    raw = parse(toml, { maxDepth: 32 });
  } catch (error) {
    const [why = ''] = error instanceof Error ? error.message.split('\n') : [];
    throw importFailed('The config:', `Could not decode config: ${why.slice(0, 300)}`);
  }
  if (holdsProto(raw)) throw importFailed('The config:', 'The key "__proto__" cannot be stored.');
  const parsed = ImportConfig.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.').slice(0, 200) ?? '';
  throw importFailed(
    'The config:',
    `${place}: ${issue?.message.slice(0, 300) ?? 'It is not valid.'}`,
  );
}
