import type { Json } from '../support/app.ts';

/** Why a call that is right by the document may be refused: what no JSON Schema can say. */
interface Refusal {
  readonly status: number;
  readonly why: string;
  /** Of these operations, by their ids; or of those that have a parameter. */
  readonly of: RegExp | { readonly parameter: string };
}

/** Whatever is made up: an id that nothing has is no fault of the call's form. */
const ANYWHERE = ['2xx', '3xx', 404];

const NAMED = 'Experiment|Queue|Tag|PluginParameterType|Plugin|PluginFile|Entrypoint|Model';
const DRAFTED = 'Experiment|Queue|PluginParameterType|Plugin|PluginFile|Entrypoint|Model';

const REFUSALS: readonly Refusal[] = [
  {
    status: 400,
    why: 'graphs are YAML with a language of its own',
    of: /^(create|change)Entrypoint$/,
  },
  {
    status: 400,
    why: 'names within a list differ',
    of: /^(create|change)PluginFile$|^lintEntrypoint(Change)?$/,
  },
  { status: 400, why: 'structures of types nest', of: /^(create|change)PluginParameterType$/ },
  {
    status: 400,
    why: 'structures of types nest',
    of: /^(create|change)(PluginParameterTypeDraft|DraftOfPluginParameterType)$/,
  },
  { status: 400, why: 'page tokens are signed', of: { parameter: 'pageToken' } },
  { status: 400, why: 'cursors are signed', of: { parameter: 'cursor' } },
  { status: 400, why: 'the code must be Python', of: /^analysePluginTaskSignatures$/ },
  {
    status: 400,
    why: 'what is imported must be an archive or repository',
    of: /^importResources$/,
  },
  { status: 400, why: 'two passwords must be the same', of: /^registerUser$/ },
  { status: 400, why: 'two fields belong together', of: /^(create|change)Artifact$/ },
  { status: 400, why: 'permissions imply each other', of: /^(add|change)GroupMember$/ },
  { status: 400, why: 'permissions imply each other', of: /^createGroupInvitation$/ },
  { status: 400, why: 'each deployment has its own pools', of: /^createWorkerToken$/ },
  {
    status: 400,
    why: 'one draft for each, on a version that is there',
    of: RegExp(`^(create|change)DraftOf(${DRAFTED})$`),
  },
  { status: 400, why: 'a draft may not make sense yet', of: /^commitDraft$/ },
  { status: 400, why: 'entrypoint and queue must belong to each other', of: /^submitJob$/ },
  { status: 401, why: 'the original says so of an unknown user', of: /^getUser$/ },
  { status: 401, why: 'the password is made up', of: /^login$/ },
  { status: 403, why: 'built-in types stay', of: /^(change|delete)PluginParameterType$/ },
  { status: 403, why: 'the group "public" keeps its name', of: /^renameGroup$/ },
  { status: 403, why: 'the invitation is made up', of: /^(joinGroup|registerUser)$/ },
  { status: 409, why: 'names are taken', of: RegExp(`^(create|change)(${NAMED})$`) },
  { status: 409, why: 'names are taken', of: /^(commitDraft|createGroup|renameGroup)$/ },
  {
    status: 409,
    why: 'names are taken',
    of: /^(registerUser|changeCurrentUser|createServiceAccount)$/,
  },
  { status: 409, why: 'it is a member already', of: /^addGroupMember$/ },
  {
    status: 409,
    why: 'a group keeps an owner',
    of: /^(leaveGroup|removeGroupMember|changeGroupMember)$/,
  },
  {
    status: 423,
    why: 'what is deleted is only shown',
    of: /^(get|create|change|delete)DraftOf(Experiment|Queue|Entrypoint|PluginParameterType)$/,
  },
  {
    status: 423,
    why: 'what is deleted is only shown',
    of: /^change(Experiment|Entrypoint|PluginParameterType)$|^lintEntrypointChange$/,
  },
  {
    status: 423,
    why: 'what is deleted is only shown',
    of: /^(add|set|clear|remove)(Experiment|Queue|Entrypoint|PluginParameterType)[A-Z]/,
  },
  { status: 423, why: 'what is deleted is only shown', of: /^(submitJob|commitDraft)$/ },
  { status: 422, why: 'searches have a language of their own', of: { parameter: 'search' } },
];

const concerns = ({ of }: Refusal, { operationId, parameters = [] }: Json): boolean =>
  of instanceof RegExp
    ? of.test(operationId)
    : parameters.some(({ name }: Json) => name === of.parameter);

/** Reasons that no operation of the document needs any more. */
export const needless = (operations: readonly Json[]): readonly string[] =>
  REFUSALS.filter((refusal) => !operations.some((operation) => concerns(refusal, operation))).map(
    ({ status, why }) => `${status}: ${why}`,
  );

const accepted = (statuses: readonly (string | number)[]): string =>
  `checks.positive_data_acceptance.expected-statuses = ${JSON.stringify(statuses)}`;

/**
 * Which statuses schemathesis is to accept of which operation, as its configuration says it; `more` of
 * every operation.
 */
export function acceptedStatuses(
  operations: readonly Json[],
  more: readonly number[] = [],
): string {
  const anywhere = [...ANYWHERE, ...more];
  const own = operations.flatMap((operation) => {
    const refusals = REFUSALS.filter((refusal) => concerns(refusal, operation));
    if (refusals.length === 0) return [];
    const statuses = new Set([...anywhere, ...refusals.map(({ status }) => status)]);
    const id = JSON.stringify(operation.operationId);
    return [`[[operations]]\ninclude-operation-id = ${id}\n${accepted([...statuses])}`];
  });
  return [accepted(anywhere), ...own].join('\n');
}
