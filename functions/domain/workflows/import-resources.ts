import { type Context, requirePermission } from '#kernel/context.ts';
import type { ImportRequest, ImportResult } from './import/run-import.ts';

/**
 * Makes plugins, types of parameters and entrypoints from files and the config beside them: all
 * of them or, when anything fails, none. Throws `invalid` (`import_failed` and what the verbs of
 * each kind throw), `conflict`, `not_found`, `too_large`.
 */
export async function importResources(ctx: Context, request: ImportRequest): Promise<ImportResult> {
  const { groupId } = request;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  // It needs several capabilities whole, and few calls import.
  const { runImport } = await import('./import/run-import.ts');
  return runImport(ctx, request);
}
