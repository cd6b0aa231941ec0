import * as z from 'zod';
import {
  approveChange,
  type ChangeRequest,
  cancelChange,
  findChange,
  findPolicy,
  listChanges,
  rejectChange,
  removePolicy,
  setPolicy,
  stateOf,
  UPDATE_FLAG,
} from '#domain/flags/index.ts';
import { type Route, reads, route, writes } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { PageQuery, pageFrom, pageOf, pageQuery } from '../paging.ts';
import { peopleOf } from '../people.ts';
import { projectOf } from '../project.ts';
import { ChangeAnswer, changesShown } from './change-wire.ts';
import { FullPolicyAnswer, PolicyBody, toFullPolicy, toPolicyFields } from './policy-wire.ts';

const POLICIES = '/api/projects/{project}/approval_policies';
const CHANGES = '/api/projects/{project}/change_requests';
const CHANGE = `${CHANGES}/{id:int}` as const;

const text = z.string().max(200).optional();
const ChangeQuery = z.object({
  ...pageQuery,
  state: text.describe('pending, rejected, expired, applied or failed.'),
  action_key: text,
  resource_type: text,
  resource_id: text,
  requester: text.describe('The id of an account.'),
});

function isAskedFor(
  change: ChangeRequest,
  query: z.output<typeof ChangeQuery>,
  now: number,
): boolean {
  const own = {
    state: stateOf(change, now),
    action_key: UPDATE_FLAG,
    resource_type: 'feature_flag',
    resource_id: String(change.flagId),
    requester: String(change.createdBy),
  };
  return Object.entries(own).every(([name, value]) => {
    const wanted = query[name as keyof typeof own];
    return !wanted || wanted === value;
  });
}

const shown = async (ctx: Context, change: ChangeRequest) =>
  (await changesShown(ctx, [change]))(change);

const Reason = z.object({ reason: z.string().optional() });
const about = (ctx: Context, id: number) => ({ groupId: projectOf(ctx), id });

const decision = (
  name: 'approve' | 'reject',
  summary: string,
  decide: typeof approveChange,
): Route =>
  route({
    method: 'POST',
    path: `${CHANGE}/${name}`,
    operationId: `${name}ChangeRequest`,
    summary,
    access: writes('approvals'),
    body: Reason,
    bodyOptional: true,
    response: ChangeAnswer,
    handle: async ({ ctx, params, body }) =>
      shown(ctx, await decide(ctx, { ...about(ctx, params.id), reason: body.reason })),
  });

const policyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: POLICIES,
    operationId: 'listApprovalPolicies',
    summary: 'The policy by which changes of feature flags are approved, if there is one.',
    access: reads('approvals'),
    query: PageQuery,
    response: pageOf(FullPolicyAnswer),
    handle: async ({ ctx, query, request }) => {
      const policy = await findPolicy(ctx, projectOf(ctx));
      const policies = policy === undefined ? [] : [policy];
      const page = pageFrom(policies, query, request);
      const show = await peopleOf(ctx, page.results);
      return { ...page, results: page.results.map((each) => toFullPolicy(each, show)) };
    },
  }),
  route({
    method: 'PUT',
    path: POLICIES,
    operationId: 'setApprovalPolicy',
    summary: 'Says who must approve changes of feature flags, for those who manage the group.',
    access: writes('approvals'),
    body: PolicyBody,
    response: FullPolicyAnswer,
    handle: async ({ ctx, body }) => {
      const policy = await setPolicy(ctx, projectOf(ctx), toPolicyFields(body));
      return toFullPolicy(policy, await peopleOf(ctx, [policy]));
    },
  }),
  route({
    method: 'DELETE',
    path: POLICIES,
    operationId: 'removeApprovalPolicy',
    summary: 'From now on changes need no approval, for those who manage the group.',
    access: writes('approvals'),
    status: 204,
    handle: async ({ ctx }) => {
      await removePolicy(ctx, projectOf(ctx));
      return null;
    },
  }),
];

export const approvalRoutes: readonly Route[] = [
  ...policyRoutes,
  route({
    method: 'GET',
    path: CHANGES,
    operationId: 'listChangeRequests',
    summary: 'Changes that wait for approval or have waited, the newest first.',
    access: reads('feature_flag'),
    query: ChangeQuery,
    response: pageOf(ChangeAnswer),
    handle: async ({ ctx, query, request }) => {
      const now = ctx.clock.now();
      const all = await listChanges(ctx, projectOf(ctx));
      const changes = all.filter((change) => isAskedFor(change, query, now));
      const page = pageFrom(changes, query, request);
      return { ...page, results: page.results.map(await changesShown(ctx, page.results)) };
    },
  }),
  route({
    method: 'GET',
    path: CHANGE,
    operationId: 'getChangeRequest',
    summary: 'A change that waits for approval or has waited.',
    access: reads('feature_flag'),
    response: ChangeAnswer,
    handle: async ({ ctx, params }) => shown(ctx, await findChange(ctx, about(ctx, params.id))),
  }),
  decision(
    'approve',
    'Votes for a change, which is done with the last vote that it needs.',
    approveChange,
  ),
  decision('reject', 'Votes against a change, which ends the request.', rejectChange),
  route({
    method: 'POST',
    path: `${CHANGE}/cancel`,
    operationId: 'cancelChangeRequest',
    summary: 'Takes back what the caller asked for.',
    access: writes('feature_flag'),
    response: ChangeAnswer,
    handle: async ({ ctx, params }) => shown(ctx, await cancelChange(ctx, about(ctx, params.id))),
  }),
];
