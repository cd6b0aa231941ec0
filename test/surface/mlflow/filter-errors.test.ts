import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
beforeAll(async () => {
  api = await openSurface();
});
afterAll(() => api.close());

const query = (filter: string) => `filter=${encodeURIComponent(filter)}`;

it.each([
  ['runs', (filter: string) => api.post('/runs/search', { experiment_ids: ['0'], filter })],
  ['experiments', (filter: string) => api.post('/experiments/search', { max_results: 1, filter })],
  ['registered models', (filter: string) => api.get(`/registered-models/search?${query(filter)}`)],
  ['versions', (filter: string) => api.get(`/model-versions/search?${query(filter)}`)],
  [
    'logged models',
    (filter: string) => api.post('/logged-models/search', { experiment_ids: ['0'], filter }),
  ],
  ['traces', (filter: string) => api.get(`/traces?experiment_ids=0&${query(filter)}`)],
] as const)('a filter of %s that does not parse is told with its place', async (_, search) => {
  const { status, json } = await search("tags.`🙂` = 'x' AND tags.b = 5");

  expect([status, json.error_code, json.error_position]).toEqual([
    400,
    'INVALID_PARAMETER_VALUE',
    "tags.`🙂` = 'x' AND tags.b = ".length,
  ]);
  expect(json.message).toContain(`(at character ${json.error_position + 1})`);
});

it('a mistake elsewhere has no place in the filter', async () => {
  const experiment_ids = ['0'];
  const order = await api.post('/runs/search', { experiment_ids, order_by: ['metrics.a down'] });
  expect(order.status).toBe(400);
  expect(order.json).not.toHaveProperty('error_position');
  const long = await api.post('/runs/search', { experiment_ids, filter: 'x'.repeat(50_001) });
  expect(long.status).toBe(400);
  expect(long.json).not.toHaveProperty('error_position');
});
