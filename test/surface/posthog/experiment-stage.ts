import type { Platform } from '#kernel/context.ts';
import { type Answer, type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';

/** A project with somebody who may write in it, and what tests of its experiments need. */
export interface ExperimentStage {
  readonly app: TestApp;
  readonly owner: TestUser;
  readonly project: number;
  /** Below the project's address. */
  readonly at: (path: string) => string;
  readonly get: (path: string) => Promise<Json>;
  /** A call below `experiments`, whatever its answer. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  /** A new experiment of a flag of its own. */
  readonly create: (fields?: object) => Promise<Json>;
  readonly patch: (id: number, fields: object) => Promise<Answer>;
  /** Takes steps of its life one after the other; each must succeed. */
  readonly steps: (id: number, ...verbs: readonly string[]) => Promise<Json>;
  /** How a feature flag is now. */
  readonly flagOf: (experiment: Json) => Promise<Json>;
  readonly close: () => Promise<void>;
}

export function must(answer: Answer): Json {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.body;
}

/** A metric that counts an event. */
export const meanOf = (event: string, more: object = {}) => ({
  kind: 'ExperimentMetric',
  metric_type: 'mean',
  source: { kind: 'EventsNode', event },
  ...more,
});

export const refusal = (detail: unknown, attr: string | null = null, code = 'invalid_input') => ({
  status: 400,
  body: { type: 'validation_error', code, detail, attr },
});

export async function experimentStage(
  ports: Partial<Pick<Platform, 'warehouse'>> = {},
): Promise<ExperimentStage> {
  const app = testApp({ registration: 'open' }, ports);
  const owner = await app.newUser();
  const { id: project } = await app.newGroup(owner);
  const at = (path: string) => `/api/projects/${project}/${path}`;
  let made = 0;
  const call: ExperimentStage['call'] = (method, path, body) =>
    owner.call(method, at(`experiments${path}`), body);
  const get = async (path: string) => must(await owner.get(at(path)));
  return {
    app,
    owner,
    project,
    at,
    get,
    call,
    create: async (fields = {}) => {
      made += 1;
      const own = { name: `Test ${made}`, feature_flag_key: `flag-${made}` };
      return must(await call('POST', '/', { ...own, ...fields }));
    },
    patch: (id, fields) => call('PATCH', `/${id}/`, fields),
    steps: async (id, ...verbs) => {
      let last: Json;
      for (const verb of verbs) last = must(await call('POST', `/${id}/${verb}/`));
      return last;
    },
    flagOf: async ({ id }) => (await get(`experiments/${id}`)).feature_flag,
    close: async () => {
      if (app.errors.length > 0) throw new Error(app.errors.join('\n'));
      await app.close();
    },
  };
}
