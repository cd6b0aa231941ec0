/** PostHog's SDK for Node against the deployed template: flags, events on their way to the store, results. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PostHog } from 'posthog-node';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { FLAGS, lineOf, personOf, type Values } from '../conformance/posthog/flags.ts';
import { batchesOf, type World } from '../conformance/posthog/generator.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
type Json = any;

const { url, user } = inject('deployment');
const basic = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;

async function callAs(authorization: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as Json);
}

const START = new Date(Math.floor(Date.now() / 86_400_000 - 20) * 86_400_000);
const world: World = {
  seed: 11,
  users: 300,
  flag: 'checkout',
  variants: [
    ['control', 50],
    ['test', 50],
  ],
  start: START,
  days: 14,
  lift: 0.5,
};

let project: number;
let token: string;
let key: string;
const call = (method: string, path: string, body?: object) =>
  callAs(`Bearer ${key}`, method, `/api/projects/${project}${path}`, body);

beforeAll(async () => {
  const group = await callAs(basic, 'POST', '/api/v1/groups', { name: 'posthog shop' });
  project = group.id;
  ({ value: key } = await callAs(basic, 'POST', '/api/personal_api_keys/', {
    label: 'e2e',
    scopes: ['*'],
  }));
  ({ api_token: token } = await call('GET', '/'));
});

describe('flags', () => {
  it('are evaluated by a function of their own as the SDK does by itself', async () => {
    for (const flag of FLAGS) await call('POST', '/feature_flags/', flag);
    const asked = new PostHog(token, { host: url });
    const local = new PostHog(token, {
      host: url,
      personalApiKey: key,
      featureFlagsPollingInterval: 3_600_000,
    });
    expect(await local.waitForLocalEvaluationReady(20_000)).toBe(true);

    for (let index = 0; index < 30; index += 1) {
      const { id, properties } = personOf(index);
      const personProperties = properties as Record<string, string>;
      const remote = (await asked.getAllFlags(id, { personProperties })) as Values;
      const own = await local.getAllFlags(id, { personProperties, onlyEvaluateLocally: true });

      expect(lineOf(id, remote)).toBe(lineOf(id, own as Values));
    }
    await Promise.all([asked.shutdown(), local.shutdown()]);
  });

  // The emulator answers preflights by itself, with 403; the test of the bundle asks for one.
  it('may be asked for by pages of other sites', async () => {
    const answer = await fetch(`${url}/flags/?v=2`, {
      method: 'POST',
      headers: { origin: 'https://shop.example.org', 'content-type': 'text/plain' },
      body: JSON.stringify({ token, distinct_id: 'somebody' }),
    });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('events', () => {
  const query = (kind: string, more: object = {}) =>
    call('POST', '/query/', { query: { kind, ...more } });
  let experiment: number;

  it('go through the queue into the store, and an experiment says what they mean', async () => {
    const made = await call('POST', '/experiments/', {
      name: 'A checkout in one page',
      feature_flag_key: world.flag,
      start_date: START.toISOString(),
      exposure_criteria: { filterTestAccounts: false },
    });
    experiment = made.id;
    let sent = 0;
    const exposed = new Set<string>();
    for (const batch of batchesOf(world, 500)) {
      const answer = await fetch(`${url}/batch/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ api_key: token, batch }),
      });
      expect(await answer.json()).toEqual({ status: 'Ok' });
      sent += batch.length;
      for (const { event, distinct_id } of batch) {
        if (event === '$feature_flag_called') exposed.add(distinct_id.replace(/^\D+/, ''));
      }
    }
    expect(sent).toBeGreaterThan(2_000);

    const totalOf = async (): Promise<number> => {
      const { total_exposures } = await query('ExperimentExposureQuery', {
        experiment_id: experiment,
      });
      return Object.values<number>(total_exposures).reduce((sum, count) => sum + count, 0);
    };
    const endsOn = Date.now() + 120_000;
    let total = await totalOf();
    while (total < world.users && Date.now() < endsOn) {
      await sleep(2_000);
      total = await totalOf();
    }
    expect([total, exposed.size]).toEqual([world.users, world.users]);
  });

  it('give the effect that they were made with', async () => {
    const metric = {
      kind: 'ExperimentMetric',
      metric_type: 'mean',
      source: { kind: 'EventsNode', event: 'purchase', math: 'sum', math_property: 'amount' },
    };
    const { baseline, variant_results } = await query('ExperimentQuery', {
      experiment_id: experiment,
      metric,
    });

    const [test] = variant_results;
    expect(baseline.key).toBe('control');
    expect(baseline.number_of_samples + test.number_of_samples).toBeGreaterThan(280);
    const [low, high] = test.credible_interval;
    expect(low).toBeLessThan(world.lift);
    expect(high).toBeGreaterThan(0);
  });
});
