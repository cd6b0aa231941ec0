import { openSurface, type Surface } from '../support.ts';

export interface TraceInfo {
  readonly [field: string]: unknown;
}

/** The dialect with what tests of traces do again and again. */
export interface Traces {
  readonly api: Surface;
  /** A call below /api/3.0/mlflow, as alice or as somebody else. */
  readonly call: (method: string, path: string, body?: unknown, as?: string) => Called;
  readonly call2: (method: string, path: string, body?: unknown, as?: string) => Called;
  readonly info: (id: string, fields?: TraceInfo) => TraceInfo;
  readonly start: (id: string, fields?: TraceInfo) => Called;
  /** The ids that a search finds. */
  readonly find: (filter?: string, more?: TraceInfo) => Promise<readonly string[]>;
  readonly feedback: (id: string, name: string, value: unknown, more?: TraceInfo) => Called;
}

type Called = ReturnType<Surface['send']>;

export const named = (name: string): string =>
  `tr-${Buffer.from(name).toString('hex').padEnd(32, '0')}`;

export async function openTraces(): Promise<Traces> {
  const api = await openSurface({ baseUrl: 'http://blobs.test' });
  const below =
    (base: string): Traces['call'] =>
    (method, path, body, as) =>
      api.send(
        `${base}${path}`,
        body === undefined
          ? { method }
          : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
        as,
      );
  const call = below('/api/3.0/mlflow');
  const info: Traces['info'] = (id, fields = {}) => ({
    trace_id: named(id),
    trace_location: {
      type: 'MLFLOW_EXPERIMENT',
      mlflow_experiment: { experiment_id: String(api.shop.experimentId) },
    },
    request_time: '2026-01-02T03:04:05.678Z',
    execution_duration: '1.500s',
    state: 'OK',
    ...fields,
  });
  const find: Traces['find'] = async (filter = '', more = {}) => {
    const locations = [{ mlflow_experiment: { experiment_id: String(api.shop.experimentId) } }];
    const { json, status, text } = await call('POST', '/traces/search', {
      locations,
      filter,
      ...more,
    });
    if (status !== 200) throw new Error(text);
    return (json.traces ?? []).map(({ trace_id }: { trace_id: string }) =>
      Buffer.from(trace_id.slice(3), 'hex').toString().replaceAll('\0', ''),
    );
  };
  return {
    api,
    call,
    call2: below('/api/2.0/mlflow'),
    info,
    start: (id, fields) => call('POST', '/traces', { trace: { trace_info: info(id, fields) } }),
    find,
    feedback: (id, name, value, more = {}) =>
      call('POST', `/traces/${named(id)}/assessments`, {
        assessment: {
          assessment_name: name,
          source: { source_type: 'HUMAN', source_id: 'me' },
          feedback: { value },
          ...more,
        },
      }),
  };
}
