import { requireAdministrator } from '#domain/identity/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { pad } from '#kernel/keys.ts';
import { openPageToken, signPageToken } from '#kernel/page-token.ts';
import { AUDIT_LIFE_MS, type AuditRecord, auditKeys, readAuditRecord } from '#kernel/trail.ts';

export interface AuditPage {
  /** Newest first. */
  readonly records: readonly AuditRecord[];
  /** Where there are older ones. */
  readonly nextPageToken?: string;
}

/** Owners and administrators of the group see its records, administrators of the deployment the rest. */
function requireAuditor(ctx: Context, groupId: number | undefined): void {
  if (groupId === undefined) {
    requireAdministrator(ctx);
    return;
  }
  const target = { groupId, entity: 'group', lookup: { group_id: groupId } };
  requirePermission(ctx, 'manage', target);
}

/**
 * Who changed what, in a group or, without one, in the deployment itself. Throws `not_found`,
 * `forbidden`, `invalid` (`invalid_cursor`).
 */
export async function listAudit(
  ctx: Context,
  input: { readonly groupId?: number; readonly pageLength: number; readonly pageToken?: string },
): Promise<AuditPage> {
  const { groupId, pageLength, pageToken } = input;
  requireAuditor(ctx, groupId);
  const pk = auditKeys.partition(groupId);
  const before = pageToken === undefined ? undefined : await openPageToken(ctx, [pk], pageToken);
  const page = await ctx.table.query({
    pk,
    sk: { from: pad(ctx.clock.now() - AUDIT_LIFE_MS) },
    order: 'descending',
    limit: pageLength,
    ...(before === undefined ? {} : { after: { pk, sk: String(before.sk) } }),
  });
  return {
    records: page.items.map(readAuditRecord),
    ...(page.next === undefined
      ? {}
      : { nextPageToken: await signPageToken(ctx, [pk], { sk: page.next.sk }) }),
  };
}
