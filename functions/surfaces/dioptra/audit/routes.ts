import * as z from 'zod';
import { type AuditPage, listAudit } from '#domain/audit/index.ts';
import { LOGIN, type Route, reads, route } from '#http/route.ts';
import { queryInteger } from '#kernel/strings.ts';
import { isoTime, UserRef, userRef } from '../shapes.ts';

const MAX_PAGE = 1_000;

const AuditQuery = z.object({
  pageLength: queryInteger({ min: 1, max: MAX_PAGE }).optional(),
  pageToken: z.string().max(1_000).optional(),
});

const AuditAnswer = z.object({
  data: z.array(
    z.object({
      createdOn: z.string(),
      /** Null where nobody was signed in. */
      user: z.nullable(UserRef),
      /** The personal token that was shown, and the job whose child it was. */
      tokenId: z.nullable(z.string()),
      job: z.nullable(z.int()),
      operationId: z.string(),
      method: z.string(),
      path: z.string(),
      requestId: z.string(),
      inputSha256: z.nullable(z.string()),
      /** What headers said of the call, where its dialect looks at them. */
      stated: z.record(z.string(), z.string()).optional(),
      changed: z.array(z.looseObject({ entity_type: z.string() })),
    }),
  ),
  /** Where there are older ones: the query of the next page. */
  nextPageToken: z.string().optional(),
});

const toAudit = ({ records, nextPageToken }: AuditPage) => ({
  data: records.map(({ actor, stated, ...record }) => ({
    createdOn: isoTime(record.on),
    user: actor.userId === undefined ? null : userRef(actor.userId, actor.name ?? ''),
    tokenId: actor.tokenId ?? null,
    job: actor.jobId ?? null,
    operationId: record.operation,
    method: record.method,
    path: record.path,
    requestId: record.requestId,
    inputSha256: record.inputHash ?? null,
    ...(stated === undefined ? {} : { stated }),
    changed: record.touched.map(({ entity, lookup }) => ({ entity_type: entity, ...lookup })),
  })),
  ...(nextPageToken === undefined ? {} : { nextPageToken }),
});

const requestOf = ({ pageLength, pageToken }: z.output<typeof AuditQuery>) => ({
  pageLength: pageLength ?? 100,
  ...(pageToken === undefined ? {} : { pageToken }),
});

/** The records of who changed what. */
export const auditRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/audit',
    operationId: 'listGroupAudit',
    summary: 'Who changed what in a group, newest first; for its owners and administrators.',
    access: reads('audit'),
    query: AuditQuery,
    response: AuditAnswer,
    handle: async ({ ctx, params, query }) =>
      toAudit(await listAudit(ctx, { groupId: params.id, ...requestOf(query) })),
  }),
  route({
    method: 'GET',
    path: '/audit',
    operationId: 'listAudit',
    summary:
      'Who changed what beside groups (accounts, tokens, invitations), newest first; for administrators.',
    access: LOGIN,
    query: AuditQuery,
    response: AuditAnswer,
    handle: async ({ ctx, query }) => toAudit(await listAudit(ctx, requestOf(query))),
  }),
];
