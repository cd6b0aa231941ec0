/** What tokens with scopes may be for, and the calls that it covers. `write` includes `read`. */
export const SCOPE_OBJECTS = [
  { object: 'experiment', name: 'Experiments and A/B tests' },
  { object: 'run', name: 'Runs, metrics, traces' },
  { object: 'model', name: 'Models' },
  { object: 'artifact', name: 'Artifacts' },
  { object: 'job', name: 'Jobs' },
  { object: 'queue', name: 'Queues' },
  { object: 'entrypoint', name: 'Entrypoints' },
  { object: 'plugin', name: 'Plugins' },
  { object: 'workflow', name: 'Workflows' },
  { object: 'tag', name: 'Tags' },
  { object: 'feature_flag', name: 'Feature flags' },
  { object: 'experiment_saved_metric', name: 'Saved metrics' },
  { object: 'approvals', name: 'Change requests' },
  { object: 'query', name: 'Results of A/B tests' },
  { object: 'project', name: 'Projects' },
  { object: 'group', name: 'Groups' },
  { object: 'user', name: 'People' },
  { object: 'audit', name: 'Audit trail' },
] as const;

export type ScopeObject = (typeof SCOPE_OBJECTS)[number]['object'];
export type Access = 'none' | 'read' | 'write';
export type Scopes = Readonly<Partial<Record<ScopeObject, Access>>>;

const every = (access: Access): Scopes =>
  Object.fromEntries(SCOPE_OBJECTS.map(({ object }) => [object, access]));

/** Choices that fit what tokens are mostly for. */
export const SCOPE_SETS: readonly { readonly name: string; readonly scopes: Scopes }[] = [
  { name: 'Read everything', scopes: every('read') },
  {
    name: 'Track with MLflow',
    scopes: { experiment: 'write', run: 'write', model: 'write', artifact: 'write' },
  },
  {
    name: 'Submit jobs',
    scopes: {
      experiment: 'write',
      job: 'write',
      artifact: 'write',
      entrypoint: 'read',
      queue: 'read',
      plugin: 'read',
      group: 'read',
      user: 'read',
    },
  },
  {
    name: 'Evaluate flags',
    scopes: { feature_flag: 'read', project: 'read' },
  },
];

/** As the API takes them. */
export const scopeTexts = (scopes: Scopes): string[] =>
  SCOPE_OBJECTS.flatMap(({ object }) => {
    const access = scopes[object] ?? 'none';
    return access === 'none' ? [] : [`${object}:${access}`];
  });

/** What a token may do, in a few words. */
export function scopeWords(scopes: readonly string[] | null): string {
  if (scopes === null || scopes.includes('*')) return 'Everything that the account may';
  return scopes.join(', ');
}
