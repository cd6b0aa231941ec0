import { type Answer, openSurface, type Surface } from '../support.ts';

type Fields = { readonly [name: string]: unknown };

export interface Registry extends Surface {
  readonly patch: (path: string, body: Fields, as?: string) => Promise<Answer>;
  /** DELETE with a body, as MLflow's clients send it. */
  readonly remove: (path: string, body: Fields, as?: string) => Promise<Answer>;
  readonly newModel: (name: string, body?: Fields) => Promise<void>;
  /** Makes the next version of a model; its number. */
  readonly newVersion: (name: string, body?: Fields) => Promise<string>;
  readonly model: (name: string) => Promise<Answer['json']>;
  readonly version: (name: string, version: string) => Promise<Answer>;
  /** Names of the models that a search finds, by fields of its query. */
  readonly models: (query: {
    readonly [name: string]: string | readonly string[];
  }) => Promise<readonly string[]>;
  /** `name/version` of each version that a search finds. */
  readonly versions: (query: {
    readonly [name: string]: string | readonly string[];
  }) => Promise<readonly string[]>;
}

export const SOURCE = 's3://bucket/model';

export const queryOf = (fields: {
  readonly [name: string]: string | readonly string[];
}): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of [value].flat()) query.append(name, each);
  }
  return String(query);
};

/** What must have gone well. */
export function ok(answer: Answer): Answer['json'] {
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.text}`);
  return answer.json;
}

export async function openRegistry(): Promise<Registry> {
  const api = await openSurface({ baseUrl: 'http://assay.test' });
  const call =
    (method: string): Registry['patch'] =>
    (path, body, as) =>
      api.send(
        `/api/2.0/mlflow${path}`,
        {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
        as,
      );
  return {
    ...api,
    patch: call('PATCH'),
    remove: call('DELETE'),
    newModel: async (name, body = {}) => {
      ok(await api.post('/registered-models/create', { name, ...body }));
    },
    newVersion: async (name, body = {}) => {
      const made = await api.post('/model-versions/create', { name, source: SOURCE, ...body });
      return ok(made).model_version.version;
    },
    model: async (name) =>
      ok(await api.get(`/registered-models/get?${queryOf({ name })}`)).registered_model,
    version: (name, version) => api.get(`/model-versions/get?${queryOf({ name, version })}`),
    models: async (query) => {
      const found = ok(await api.get(`/registered-models/search?${queryOf(query)}`));
      return (found.registered_models ?? []).map((each: { name: string }) => each.name);
    },
    versions: async (query) => {
      const found = ok(await api.get(`/model-versions/search?${queryOf(query)}`));
      return (found.model_versions ?? []).map(
        (each: { name: string; version: string }) => `${each.name}/${each.version}`,
      );
    },
  };
}
