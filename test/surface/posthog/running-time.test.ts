import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Client, type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let base: string;
beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  const { id } = await app.newGroup(owner);
  base = `/api/projects/${id}/experiments/running_time`;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

it.each([
  // 16 V / d² for each of two variants.
  ['metric_type=funnel&baseline=0.1&minimum_detectable_effect=50', 1_152, null],
  ['metric_type=count&baseline=2&exposures_per_day=100', 356, 4],
  ['metric_type=value&baseline=40', 89, null],
  ['metric_type=ratio&baseline=2&variance=4&number_of_variants=3', 534, null],
  ['metric_type=ratio&baseline=2', null, null],
])('%s', async (query, size, days) => {
  const { status, body } = await owner.get(`${base}?${query}`);

  expect([status, body.recommended_sample_size, body.recommended_running_time]).toEqual([
    200,
    size,
    days,
  ]);
  if (size !== null) expect(body.power).toBeCloseTo(0.8074, 2);
});

it.each([
  ['', 'metric_type', 'required'],
  ['metric_type=mean&baseline=1', 'metric_type', 'invalid_choice'],
  ['metric_type=funnel', 'baseline', 'required'],
  ['metric_type=funnel&baseline=x', 'baseline', 'invalid_input'],
  ['metric_type=funnel&baseline=-1', 'baseline', 'invalid_input'],
  ['metric_type=count&baseline=1&number_of_variants=1', 'number_of_variants', 'invalid_input'],
])('says what is wrong with "%s"', async (query, attr, code) => {
  const { status, body } = await owner.get(`${base}?${query}`);

  expect([status, body.attr, body.code]).toEqual([400, attr, code]);
});
