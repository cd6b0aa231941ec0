/** PostHog's own SDKs for Node, Python and browsers, unmodified, against ours. */

import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { PostHog } from 'posthog-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch, watchedPage } from '../support/browser.ts';
import { FLAGS, lineOf, personOf, type Value, type Values } from './posthog/flags.ts';
import { servePage } from './posthog/page.ts';
import { newProject, type Project, python, type Relay, startRelay } from './posthog/scene.ts';

const FULL = process.env.FULL === '1';
/** People whose flags are asked for in every way that there is. */
const PEOPLE = FULL ? 10_000 : 300;
const numbers = Array.from({ length: PEOPLE }, (_, index) => index);
const keys = FLAGS.map(({ key }) => key);

let project: Project;
let relay: Relay;

beforeAll(async () => {
  project = await newProject();
  for (const flag of FLAGS) {
    await project.call('POST', `/api/projects/${project.id}/feature_flags/`, flag);
  }
  relay = await startRelay(project.host);
});
afterAll(async () => {
  await relay?.close();
  await project?.close();
});

/** What an SDK needs to know. */
const scene = (more: object = {}) => ({
  host: relay.host,
  token: project.token,
  key: project.key,
  flags: keys,
  people: PEOPLE,
  ...more,
});

const nodeClient = (options: ConstructorParameters<typeof PostHog>[1] = {}) =>
  new PostHog(project.token, { host: relay.host, flushInterval: 100, ...options });

/** Everybody's flags, by whoever evaluates them. */
async function linesOf(
  valuesOf: (id: string, properties: Record<string, string>) => Promise<Values>,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const index of numbers) {
    const { id, properties } = personOf(index);
    lines.push(lineOf(id, await valuesOf(id, properties as Record<string, string>)));
  }
  return lines;
}

/** Ours, as any program would ask. */
const ours = () =>
  linesOf(async (id, properties) => {
    const answer = await fetch(`${relay.host}/flags/?v=2`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token: project.token,
        distinct_id: id,
        person_properties: properties,
      }),
    });
    const { flags } = (await answer.json()) as {
      flags: Record<string, { enabled: boolean; variant?: string | null }>;
    };
    return Object.fromEntries(
      Object.entries(flags).map(([key, { enabled, variant }]) => [key, variant ?? enabled]),
    );
  });

describe('the same person gets the same', () => {
  let expected: readonly string[];
  beforeAll(async () => {
    expected = await ours();
  }, 300_000);

  it('of every kind of flag, to some of the people', () => {
    for (const { key, active } of FLAGS) {
      const values = new Set(expected.map((line) => line.match(`${key}=(\\S+)`)?.[1]));

      expect([key, values.size]).toEqual([
        key,
        active === false ? 1 : key === 'three-arms' ? 3 : 2,
      ]);
    }
  });

  it('in posthog-node, which asks for definitions once and evaluates by itself', async () => {
    const client = nodeClient({
      personalApiKey: project.key,
      featureFlagsPollingInterval: 3_600_000,
    });
    await client.waitForLocalEvaluationReady(10_000);
    const before = relay.passed.length;
    const lines = await linesOf(
      (id, personProperties) =>
        client.getAllFlags(id, { personProperties, onlyEvaluateLocally: true }) as Promise<Values>,
    );
    await client.shutdown();

    expect(lines).toEqual(expected);
    expect(relay.passed.slice(before).filter(({ path }) => path.startsWith('/flags'))).toEqual([]);
  });

  it('in posthog-node, which asks us', async () => {
    const client = nodeClient();
    const lines = await linesOf(
      (id, personProperties) => client.getAllFlags(id, { personProperties }) as Promise<Values>,
    );
    await client.shutdown();

    expect(lines).toEqual(expected);
  });

  it.each(['local', 'remote'])('in posthog for Python, %s', async (act) => {
    const before = relay.passed.length;
    const { lines } = await python(act, scene());

    expect(lines).toEqual(expected);
    const asked = relay.passed.slice(before).filter(({ path }) => path.startsWith('/flags/?'));
    expect(asked.length).toBe(act === 'local' ? 0 : PEOPLE);
  });

  describe.runIf(hasBrowser())('in posthog-js', () => {
    let browser: Browser;
    let site: Awaited<ReturnType<typeof servePage>>;
    afterAll(async () => {
      await browser?.close();
      await site?.close();
    });

    it('in Chromium, on a page of another origin, without a complaint', async () => {
      site = await servePage();
      browser = await launch();
      const { page, complaints } = await watchedPage(browser);
      await page.goto(site.url);
      await page.waitForFunction('window.posthog !== undefined');
      const people = numbers.map(personOf);
      await page.evaluate(startSdk, { host: relay.host, token: project.token });
      const found: Values[] = [];
      for (let from = 0; from < people.length; from += 100) {
        found.push(...(await page.evaluate(askSdk, people.slice(from, from + 100))));
      }
      const lines = found.map((values, index) => lineOf(people[index]?.id ?? '', values));

      expect(lines).toEqual(expected);
      expect(complaints).toEqual([]);
    });
  });
}, 900_000);

// biome-ignore lint/suspicious/noExplicitAny: the SDK on the page.
declare const window: { posthog: any };

/** On the page. */
async function startSdk({ host, token }: { host: string; token: string }): Promise<void> {
  await new Promise<void>((resolve) => {
    window.posthog.init(token, {
      api_host: host,
      // Else it keeps silent, as it would in front of a robot.
      opt_out_useragent_filter: true,
      autocapture: false,
      capture_pageview: true,
      loaded: () => resolve(),
    });
  });
}

/** On the page: what each of these people gets, one after the other. */
async function askSdk(
  people: readonly { id: string; properties: object }[],
): Promise<Record<string, Value>[]> {
  const { posthog } = window;
  const found: Record<string, Value>[] = [];
  for (const { id, properties } of people) {
    posthog.reset();
    posthog.setPersonPropertiesForFlags(properties, false);
    await new Promise<void>((resolve) => {
      const stop = posthog.onFeatureFlags(() => {
        if (posthog.get_distinct_id() !== id || !posthog.featureFlags.hasLoadedFlags) return;
        stop();
        resolve();
      });
      posthog.identify(id);
    });
    found.push({ ...posthog.featureFlags.getFlagVariants() });
  }
  return found;
}

describe('payloads', () => {
  it('are the same in both SDKs for servers', async () => {
    const client = nodeClient();
    const { payloads } = await python('payloads', scene());
    const variants = new Set<string>();
    for (const [id, [variant, payload]] of Object.entries<[string, unknown]>(payloads)) {
      variants.add(variant);
      const own = await client.getFeatureFlagResult('three-arms', id, {
        sendFeatureFlagEvents: false,
      });

      expect([own?.variant, own?.payload ?? null]).toEqual([variant, payload]);
    }
    await client.shutdown();
    expect([...variants].sort()).toEqual(['blue', 'control', 'red']);
  });

  it('of remote config are read with a personal key', async () => {
    await project.call('POST', `/api/projects/${project.id}/feature_flags/`, {
      key: 'settings',
      is_remote_configuration: true,
      filters: { groups: [{ properties: [], rollout_percentage: 100 }], payloads: { true: '42' } },
    });
    const client = nodeClient({ personalApiKey: project.key });
    const own = await client.getRemoteConfigPayload('settings');
    const { payload } = await python('remote_config', scene({ flag: 'settings' }));
    await client.shutdown();

    expect([String(own), String(payload)]).toEqual(['42', '42']);
  });
});

describe('definitions', () => {
  it('are not sent again while they are what the SDK has', async () => {
    const client = nodeClient({
      personalApiKey: project.key,
      featureFlagsPollingInterval: 3_600_000,
    });
    await client.waitForLocalEvaluationReady(10_000);
    // What it is still about to end it would take for the reload.
    await sleep(100);
    const before = relay.passed.length;
    await client.reloadFeatureFlags();
    const asked = () =>
      relay.passed.slice(before).find(({ path }) => path.includes('/definitions'));
    await expect.poll(asked, { timeout: 10_000 }).toBeDefined();
    const again = asked();
    const answer = await fetch(`${relay.host}${again?.path}`, {
      headers: again?.headers as Record<string, string>,
    });
    await client.shutdown();

    expect(again?.headers['if-none-match']).toBeDefined();
    expect([answer.status, await answer.text()]).toEqual([304, '']);
  });

  it.each([
    ['a wrong key', { authorization: 'Bearer phx_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }, 401],
    ['no key', {}, 401],
  ])('are not for %s', async (_, headers, status) => {
    const answer = await fetch(`${relay.host}/flags/definitions?token=${project.token}`, {
      headers,
    });

    expect(answer.status).toBe(status);
  });
});

/** How many events of a name arrived from one of the SDKs. */
async function arrived(event: string, from: string): Promise<number> {
  const all = await project.events();
  return all.filter((each) => each.event === event && each.properties.from === from).length;
}

async function eventually(count: () => Promise<number>, wanted: number): Promise<void> {
  const endsOn = Date.now() + 60_000;
  while ((await count()) < wanted && Date.now() < endsOn) await sleep(250);
  expect(await count()).toBe(wanted);
}

describe('events', () => {
  it('of posthog-node arrive once, though the server is out of order for a while', async () => {
    let refused = 0;
    relay.refuse = ({ path }) => {
      if (!path.startsWith('/batch') || refused >= 2) return undefined;
      refused += 1;
      return 503;
    };
    const client = nodeClient({ flushAt: 20, fetchRetryDelay: 200 });
    for (let index = 0; index < 100; index += 1) {
      client.capture({
        distinctId: `node-${index % 10}`,
        event: 'bought',
        properties: { amount: index, from: 'node' },
      });
    }
    await client.shutdown();
    relay.refuse = () => undefined;

    expect(refused).toBe(2);
    await eventually(() => arrived('bought', 'node'), 100);
  });

  it.each([false, true])(
    'of posthog for Python arrive at its end (gzip: %s), all kinds of them',
    async (gzip) => {
      relay.doubles = ({ path }) => path.startsWith('/batch');
      const before = await arrived('bought', 'python');
      await python('send', scene({ events: 120, gzip }));
      relay.doubles = () => false;

      await eventually(() => arrived('bought', 'python'), before + 120);
      expect(relay.passed.some(({ headers }) => headers['content-encoding'] === 'gzip')).toBe(true);
    },
  );
});
