/** The worker's image: built from what `stageWorkerImage` writes, and run as the task would run. */
import { chmodSync, copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Local, startLocal } from '../../functions/entry/local.ts';
import { stageWorkerImage } from '../../infra/image/stage.ts';
import { freePort } from '../../infra/local/process.ts';
import { until } from '../faults/until.ts';
import type { Answer } from '../support/app.ts';
import {
  attackSource,
  FIXED_ATTACKS,
  hostileJob,
  readHostileReport,
  successful,
} from '../support/hostile/hostile-job.ts';
import { type JobSetup, setUpJobs, submit } from '../support/jobs.ts';
import { tarGz } from '../unit/worker/kit.ts';
import { POOL, startProtocolServer, WORKER_TOKEN } from '../unit/worker/protocol-server.ts';
import { buildImage, type Container, missingEngine, runImage } from './engine.ts';
import { imageSizes } from './sizes.ts';

const MB = 1_000_000;
const SECRET = '/v2/credentials/0b7c-secret-uri';
const missing = missingEngine();
const quiet = { info: () => undefined, error: () => undefined };
const report = (text: string) => process.stdout.write(`${text}\n`);

const running: Container[] = [];
let folder: string;
let image: string;

async function start(env: Readonly<Record<string, string>>, more: readonly string[] = []) {
  const container = await runImage(image, { POOL, WAKE: 'poll', ...env }, more);
  running.push(container);
  return container;
}

/** One machine's server, with a pool that workers of one's own ask for jobs. */
async function startApi() {
  const local = await startLocal({
    folder: join(folder, 'server'),
    port: await freePort(),
    registration: 'open',
    log: quiet,
    pools: [{ name: POOL, kind: 'external' }],
    sweepMs: 500,
  });
  const user = await local.createFirstUser('alice');
  const authorization = `Basic ${btoa(`alice:${user?.password}`)}`;
  const call = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${local.url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
  };
  const [group] = (await call('GET', '/api/v1/users/current')).body.groups;
  const setup = await setUpJobs({ call }, { group: group.id, queues: [POOL] });
  return { local, call, setup, env: { API_URL: local.url, WORKER_TOKEN: await tokenOf(local) } };
}

const tokenOf = (local: Local) => local.createWorkerToken(POOL);

if (missing !== undefined) {
  report(`the worker's image is not tested: ${missing}`);
  describe('the image of the worker', () => it.skip(`not built: ${missing}`));
} else {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-image-'));
    chmodSync(folder, 0o711);
    await stageWorkerImage(join(folder, 'context'));
    image = await buildImage(join(folder, 'context'));
  }, 900_000);
  afterEach(async () => {
    for (const container of running.splice(0)) await container.remove();
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  describe('what is in the image', () => {
    it('Node and the consumer have at most 80 MB, compressed', async () => {
      const sizes = await imageSizes(image, join(folder, 'saved'));

      const shown = [...sizes].map(([name, bytes]) => `${name} ${(bytes / MB).toFixed(1)} MB`);
      report(`image, compressed: ${shown.join(', ')}`);
      const ours = (sizes.get('node') ?? 0) + (sizes.get('consumer') ?? 0);
      expect(ours).toBeGreaterThan(20 * MB);
      expect(ours).toBeLessThan(80 * MB);
    });

    it('no tools to install or build with come along', async () => {
      const container = await start({ API_URL: 'http://127.0.0.1:9', WORKER_TOKEN });
      const look =
        'ls /opt/worker; command -v npm npx yarn gcc make; ls /opt/python/bin /root/.cache';

      const { stdout } = await container.exec('sh', '-c', look);

      const names = stdout.split('\n');
      expect(names).toContain('index.mjs');
      expect(names.filter((name) => /(npm|npx|yarn|gcc|make|pip[\d.]*)$/.test(name))).toEqual([]);
    });
  });

  describe('the consumer in the image', () => {
    it('asks for its first job at once, idles small, and shows life', async () => {
      const server = await startProtocolServer();
      const container = await start({ API_URL: server.url, WORKER_TOKEN });

      await until('it asks', () => server.calls.some(({ verb }) => verb === 'claim'));
      const claimMs = Date.now() - container.startedAt;
      await sleep(10_000);
      const status = await container.exec('cat', '/proc/1/status');
      const rssMb = (Number(/VmRSS:\s+(\d+)/.exec(status.stdout)?.[1]) * 1024) / MB;
      report(`start to first claim ${claimMs} ms; idle ${rssMb.toFixed(0)} MB (long polls)`);
      const check = 'sh /opt/worker/alive.sh';
      const now = await container.exec('sh', '-c', check);
      const hanging = `touch -d '2 minutes ago' "$ALIVE_FILE"; ${check}`;
      const late = await container.exec('sh', '-c', hanging);

      expect([now.code, late.code]).toEqual([0, 1]);
      expect(claimMs).toBeLessThan(5_000);
      expect(rssMb).toBeLessThan(100);
      expect(await container.stop()).toBe(0);
      await server.close();
    });
  });

  describe('jobs in the image', () => {
    let api: { local: Local; setup: JobSetup; call: JobCall; env: Record<string, string> };
    type JobCall = (method: string, path: string, body?: unknown) => Promise<Answer>;
    beforeAll(async () => {
      api = await startApi();
    });
    afterAll(() => api.local.close());

    const statusOf = async (id: number): Promise<string> =>
      (await api.call('GET', `/api/v1/jobs/${id}/status`)).body.status;
    /** How often the job's worker was lost, as its row counts it. */
    function lostOf(id: number): unknown {
      const table = new DatabaseSync(join(folder, 'server', 'table.sqlite'), { readOnly: true });
      const select = "SELECT * FROM items WHERE pk = ? AND sk = 'CURRENT'";
      const row = JSON.stringify(table.prepare(select).get(`RES#${id}`));
      table.close();
      return Number(/\\*"lost\\*":\D{0,12}(\d+)/.exec(row)?.[1]);
    }

    it('one runs to its end', async () => {
      const container = await start(api.env);
      const { id } = await submit(api, api.setup);

      await until('it ended', async () => /finished|failed/.test(await statusOf(id)), 90);

      expect(await statusOf(id), await container.logs()).toBe('finished');
    });

    it('one that is running when the task must stop is queued again, and not charged', async () => {
      const container = await start(api.env);
      const { id } = await submit(api, api.setup, { values: { lines: '600', seconds: '60' } });
      await until('it runs', async () => (await statusOf(id)) === 'started');
      await sleep(2_000);

      const from = performance.now();
      expect(await container.stop(), await container.logs()).toBe(0);

      report(`SIGTERM to the end: ${Math.round(performance.now() - from)} ms`);
      expect(await statusOf(id)).toBe('queued');
      expect(lostOf(id)).toBe(0);
      expect(await container.logs()).toContain('"end":"released"');
      expect(await container.logs()).not.toContain(api.env.WORKER_TOKEN);
    });
  });

  describe('a hostile job in the image', () => {
    it('gets nothing, and leaves nothing for the next', async () => {
      const server = await startProtocolServer();
      const attack = [{ name: 'trial/attack.py', contents: await attackSource() }];
      server.files.set('plugins', await tarGz(attack));
      server.files.set('artifact-plugins', await tarGz([{ name: 'manifest', contents: '{}' }]));
      const [cat, secret] = [join(folder, 'cat'), join(folder, 'secret')];
      writeFileSync(secret, 'of root', { mode: 0o600 });
      copyFileSync('/bin/cat', cat);
      chmodSync(cat, 0o4755);
      const mounts = [`--volume=${cat}:/opt/cat:ro`, `--volume=${secret}:/opt/secret:ro`];
      const env = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: SECRET, WORKER_TOKEN };
      const container = await start({ API_URL: server.url, ...env }, mounts);
      const forbidden = ['/work', '/work/consumer-1', '/opt/secret', '/root', '/proc/1/environ'];
      const jobs = [
        server.addJob(hostileJob(forbidden, { program: '/opt/cat', secret: '/opt/secret' })),
        server.addJob(hostileJob()),
      ];

      const over = () => jobs.every(({ finish }) => finish !== undefined);
      await until('both ended', over, 120).catch(async (error: unknown) => {
        throw new Error(await container.logs(), { cause: error });
      });

      const [first, second] = jobs.map(({ log }) =>
        readHostileReport(log.map(({ message }) => message)),
      );
      if (first === undefined || second === undefined) throw new Error('There is no report.');
      expect(jobs.map(({ finish }) => finish?.outcome)).toEqual(['finished', 'finished']);
      expect(first.attacks.size).toBe(FIXED_ATTACKS + forbidden.length);
      expect([...successful(first), ...successful(second)]).toEqual([]);
      expect(first.facts('readable', { pids: z.array(z.number()) })).toEqual([{ pids: [] }]);
      const [environment] = first.facts('environment', { text: z.string() });
      expect(environment?.text).not.toContain(SECRET);
      expect(environment?.text).not.toContain(WORKER_TOKEN);
      const left = first.facts('left', { place: z.string() }).map(({ place }) => place);
      expect(left).toEqual(['/tmp', '/dev/shm', 'shared memory']);
      const [found] = second.facts('found', { names: z.array(z.string()), uid: z.number() });
      expect(found).toEqual({ names: [], uid: 10_001 });
      const alive = await container.exec('sh', '-c', 'grep -l "^State:.[RSD]" /proc/[0-9]*/status');
      // The consumer, the shell and its grep.
      expect(alive.stdout.split('\n').length).toBeLessThanOrEqual(4);
      await server.close();
    });
  });
}
