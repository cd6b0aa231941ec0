import * as z from 'zod';
import { analyseTaskSignatures, type TaskSignature } from '#domain/workflows/index.ts';
import { type Route, reads, route } from '#http/route.ts';

const PythonCode = z.strictObject({ pythonCode: z.string('Must be a string.') });

const Typed = z.object({ name: z.string(), type: z.string() });
const Analysis = z.object({
  tasks: z.array(
    z.object({
      name: z.string(),
      inputs: z.array(Typed.extend({ required: z.boolean() })),
      outputs: z.array(Typed),
      missing_types: z.array(z.object({ name: z.string(), description: z.string() })),
    }),
  ),
});

const shapeSignature = ({ missingTypes, ...signature }: TaskSignature) => ({
  ...signature,
  missing_types: missingTypes,
});

export const signatureRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/workflows/pluginTaskSignatureAnalysis',
    operationId: 'analysePluginTaskSignatures',
    summary:
      'The tasks that a Python file registers, with suggestions for their types; runs nothing.',
    access: reads('plugin'),
    body: PythonCode,
    response: Analysis,
    handle: async ({ ctx, body }) => ({
      tasks: (await analyseTaskSignatures(ctx, body.pythonCode)).map(shapeSignature),
    }),
  }),
];
