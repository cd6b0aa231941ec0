import * as z from 'zod';
import { type ImportResult, importResources } from '#domain/workflows/index.ts';
import { type FormLimits, uploadedFile } from '#http/form.ts';
import { type Route, route, writes } from '#http/route.ts';
import { line } from '#kernel/strings.ts';

const MIB = 1024 * 1024;
const FORM: FormLimits = {
  files: { archiveFile: 'one', files: 'many' },
  maxBytes: 104 * MIB,
  maxFileBytes: 100 * MIB,
  maxParts: 10_100,
};

const SOURCES = {
  git: 'gitUrl',
  upload_archive: 'archiveFile',
  upload_files: 'files',
} as const;

const ImportForm = z
  .object({
    group: z
      .string()
      .regex(/^0*[1-9]\d{0,14}$/, 'Not a valid integer above 0.')
      .transform(Number),
    sourceType: z.enum(['git', 'upload_archive', 'upload_files']),
    gitUrl: z.string().optional(),
    archiveFile: uploadedFile().optional(),
    files: z.array(uploadedFile()).optional(),
    configPath: line({ min: 1, max: 1_000 }).default('dioptra.toml'),
    resolveNameConflictsStrategy: z.enum(['fail', 'update', 'overwrite']).default('fail'),
  })
  .superRefine((form, ctx) => {
    const given = Object.values(SOURCES).filter((field) => form[field] !== undefined);
    const refuse = (field: string, message: string) =>
      ctx.addIssue({ code: 'custom', path: [field], message });
    if (given.length !== 1) {
      refuse('sourceType', 'Give exactly one of gitUrl, archiveFile and files.');
    } else if (given[0] !== SOURCES[form.sourceType]) {
      refuse(SOURCES[form.sourceType], `Needed when sourceType is '${form.sourceType}'.`);
    }
  });

const ids = () => z.record(z.string(), z.int());
const ImportAnswer = z.object({
  message: z.string(),
  hash: z.string(),
  resources: z.object({ plugins: ids(), plugin_param_types: ids(), entrypoints: ids() }),
});

/** The form has seen to it that exactly one is given. */
function sentIn({ archiveFile, files, gitUrl = '' }: z.output<typeof ImportForm>) {
  if (archiveFile !== undefined) return { kind: 'archive', bytes: archiveFile.bytes } as const;
  if (files !== undefined) return { kind: 'files', files } as const;
  return { kind: 'git', url: gitUrl } as const;
}

const shapeResult = ({ hash, plugins, types, entrypoints }: ImportResult) => ({
  message: 'successfully imported',
  hash,
  resources: {
    plugins: Object.fromEntries(plugins),
    plugin_param_types: Object.fromEntries(types),
    entrypoints: Object.fromEntries(entrypoints),
  },
});

export const importRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/workflows/resourceImport',
    operationId: 'importResources',
    summary: 'Makes plugins, types and entrypoints from files and the config beside them, or none.',
    // Of its own: what it makes is of several kinds.
    access: writes('workflow'),
    form: FORM,
    body: ImportForm,
    response: ImportAnswer,
    handle: async ({ ctx, body }) =>
      shapeResult(
        await importResources(ctx, {
          groupId: body.group,
          strategy: body.resolveNameConflictsStrategy,
          configPath: body.configPath,
          sent: sentIn(body),
        }),
      ),
  }),
];
