/** Something that a call changed, as the API tells it: its kind, and what names it. */
interface Change {
  readonly entity_type: string;
  readonly [name: string]: unknown;
}

/** One call, as the API tells of it. */
export interface AuditRecord {
  readonly createdOn: string;
  readonly user: { readonly id: number; readonly username: string } | null;
  readonly tokenId: string | null;
  readonly job: number | null;
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly inputSha256: string | null;
  readonly stated?: Readonly<Record<string, string>>;
  readonly changed: readonly Change[];
}

/** Something that a call changed. */
export interface Thing {
  readonly kind: string;
  /** Its number or name; empty where there is none. */
  readonly id: string;
}

const ID_KEYS = [
  'resource_id',
  'draft_id',
  'id',
  'run_id',
  'job_id',
  'model_id',
  'trace_id',
  'token_id',
  'invitation_id',
  'worker_token_id',
  'user_id',
  'tag_id',
  'project_id',
  'group_id',
];

const idOf = (change: Change): string => {
  const found = ID_KEYS.find((key) => ['string', 'number'].includes(typeof change[key]));
  if (found !== undefined) return String(change[found]);
  const { name, version } = change;
  if (typeof name !== 'string') return '';
  return version === undefined ? name : `${name} ${String(version)}`;
};

const plainKind = (kind: string): string =>
  kind === 'entry_point' ? 'entrypoint' : kind.replaceAll('_', ' ');

/** An experiment at PostHog's addresses is an A/B test. */
const kindOf = (record: AuditRecord, kind: string): string =>
  kind === 'experiment' && record.path.startsWith('/api/projects/') ? 'A/B test' : plainKind(kind);

const PEOPLE = /^\/api\/v1\/groups\/(\d+)(?:\/(members|serviceAccounts|invitations)\/([^/]+))?/;
const PEOPLE_KINDS: Readonly<Record<string, string>> = {
  members: 'member',
  serviceAccounts: 'service account',
  invitations: 'invitation',
};

/** Of calls about the people of a group, the group alone is noted: the address tells whom they were about. */
function someoneOf({ path }: AuditRecord): Thing | undefined {
  const [, group, part, id] = PEOPLE.exec(path) ?? [];
  if (group === undefined) return undefined;
  const kind = part === undefined ? undefined : PEOPLE_KINDS[part];
  if (kind === undefined || id === undefined || id === 'current')
    return { kind: 'group', id: group };
  return { kind, id };
}

const DRAFT_OF = /\/(\d+)\/draft$/;
const DRAFTS = /\/drafts(?:\/(\d+))?$/;

/**
 * Drafts have numbers of their own, which older records name as if they were those of what is
 * drafted: the address tells which it was about.
 */
function draftOf({ operationId, path, changed }: AuditRecord): Thing | undefined {
  const [, resource] = DRAFT_OF.exec(path) ?? [];
  if (resource !== undefined) {
    const what = operationId.replace(/^[a-z]+DraftOf/, '').replaceAll(/\B[A-Z]/g, ' $&');
    return { kind: 'draft', id: `of ${what.toLowerCase()} ${resource}` };
  }
  const [within, draft] = DRAFTS.exec(path) ?? [];
  if (within === undefined) return undefined;
  const made = changed.find((change) => change.entity_type !== 'group');
  return { kind: 'draft', id: draft ?? (made === undefined ? '' : idOf(made)) };
}

/** What a call changed, each once; where it was, only if nothing else is told. */
export function thingsOf(record: AuditRecord): readonly Thing[] {
  const one = someoneOf(record) ?? draftOf(record);
  if (one !== undefined) return [one];
  const all = record.changed.map((change) => ({
    kind: kindOf(record, change.entity_type),
    id: idOf(change),
  }));
  const once = all.filter(
    (thing, at) => all.findIndex(({ kind, id }) => kind === thing.kind && id === thing.id) === at,
  );
  // A new group brings its own types along.
  const isGroup = record.operationId === 'createGroup';
  const inner = once.filter(({ kind }) => (kind === 'group') === isGroup && kind !== 'project');
  return inner.length === 0 ? once.slice(0, 1) : inner;
}

/** `createGroupInvitation` as "Create group invitation". */
export function actionOf({ operationId }: AuditRecord): string {
  const words = operationId.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

export interface AuditFilter {
  /** 0: nobody was signed in. */
  readonly person?: number | undefined;
  readonly kind?: string | undefined;
  /** The first and the last day, in the reader's own zone. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const startOf = (day: string): number => new Date(`${day}T00:00:00`).getTime();
const endOf = (day: string): number => new Date(`${day}T23:59:59.999`).getTime();

/** Whether a record is among what is looked for. */
export function isWanted(record: AuditRecord, filter: AuditFilter): boolean {
  const { person, kind, from, to } = filter;
  if (person !== undefined && (record.user?.id ?? 0) !== person) return false;
  if (kind !== undefined && !thingsOf(record).some((thing) => thing.kind === kind)) return false;
  const at = new Date(record.createdOn).getTime();
  if (from !== undefined && at < startOf(from)) return false;
  return to === undefined || at <= endOf(to);
}

/** Whether older records than those that are loaded may be wanted. */
export function goesFurtherBack(records: readonly AuditRecord[], { from }: AuditFilter): boolean {
  const oldest = records.at(-1);
  return (
    oldest === undefined ||
    from === undefined ||
    new Date(oldest.createdOn).getTime() >= startOf(from)
  );
}

/** Who is in what is loaded, and what kinds of things: the choices of the filter, in order. */
export function choicesIn(records: readonly AuditRecord[]) {
  const people = new Map(
    records.map(({ user }) => [user?.id ?? 0, user?.username ?? 'Nobody signed in']),
  );
  const kinds = new Set(records.flatMap((record) => thingsOf(record).map(({ kind }) => kind)));
  return {
    people: [...people].sort(([, a], [, b]) => a.localeCompare(b)),
    kinds: [...kinds].sort(),
  };
}
