import { deletedError, getResource } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Binding } from './bind.ts';
import {
  checkEntrypoint,
  type EntrypointChange,
  type NewEntrypoint,
  newestBinding,
} from './check-save.ts';
import { entrypointKind } from './entrypoint.ts';

/** What was found, and whether the graph or another part of the entrypoint is to be mended. */
export interface LintReport {
  readonly valid: boolean;
  readonly issues: readonly { readonly path: 'graph' | 'entrypoint'; readonly message: string }[];
}

/** The findings in an error that is about an entrypoint's content; all others are passed on. */
function issuesIn(error: unknown): LintReport['issues'] {
  if (!(error instanceof AppError)) throw error;
  if (error.reason === 'invalid_yaml' || error.reason === 'empty_graph') {
    return [{ path: 'graph', message: error.message }];
  }
  if (error.reason !== 'entrypoint_invalid') throw error;
  const groups = error.detail.reason as { readonly [group: string]: readonly string[] };
  return Object.entries(groups).flatMap(([group, messages]) => {
    const path = group === 'schema_issues' ? 'entrypoint' : 'graph';
    return messages.map((message) => ({ path, message }) as const);
  });
}

async function report(
  ctx: Context,
  place: { readonly groupId: number; readonly id?: number },
  input: Omit<EntrypointChange, 'pluginSnapshotIds' | 'artifactPluginSnapshotIds'>,
  bind: () => Promise<Binding>,
): Promise<LintReport> {
  try {
    await checkEntrypoint(ctx, place, input, bind, ({ lint }, text, binding) =>
      lint(ctx, place.groupId, text, binding),
    );
    return { valid: true, issues: [] };
  } catch (error) {
    return { valid: false, issues: issuesIn(error) };
  }
}

/**
 * Looks over a new entrypoint without saving it: its form, the tasks that it names and the
 * interfaces of its swaps. Throws what a save throws for other reasons than its content.
 */
export function lintEntrypoint(ctx: Context, input: NewEntrypoint): Promise<LintReport> {
  const { groupId } = input;
  requirePermission(ctx, 'write', { groupId, entity: 'group', lookup: { group_id: groupId } });
  return report(ctx, { groupId }, input, () => newestBinding(ctx, input));
}

/** The same for a change; the plugins are those that are bound. */
export async function lintEntrypointChange(
  ctx: Context,
  id: number,
  input: Omit<EntrypointChange, 'pluginSnapshotIds' | 'artifactPluginSnapshotIds'>,
): Promise<LintReport> {
  const before = await getResource(ctx, entrypointKind, id);
  const { groupId, data } = before;
  const lookup = { resource_id: id };
  requirePermission(ctx, 'write', { groupId, entity: 'entry_point', lookup });
  if (before.deletedOn !== undefined) throw deletedError(entrypointKind, id);
  return report(ctx, { groupId, id }, input, async () => data);
}
