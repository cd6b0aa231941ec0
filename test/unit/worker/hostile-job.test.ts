/** A hostile plugin in the real engine, under the real consumer as root: what it reaches. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ensureJobPython } from '../../../infra/local/sample/python.ts';
import {
  attackSource,
  FIXED_ATTACKS,
  type HostileReport,
  hostileJob,
  readHostileReport,
  successful,
} from '../../support/hostile/hostile-job.ts';
import { eventually, isRunning, tarGz } from './kit.ts';
import { POOL, type ProtocolServer, startProtocolServer, WORKER_TOKEN } from './protocol-server.ts';

const ENTRY = fileURLToPath(
  new URL('../../../functions/entry/worker.container.ts', import.meta.url),
);
const UID = 62_000;
const SECRETS = {
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials/0b7c-secret-uri',
  ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/0b7c-secret-task',
  AWS_SECRET_ACCESS_KEY: 'secret-access-key',
} as const;

const possible =
  process.getuid?.() === 0 && existsSync('/usr/bin/setpriv') && existsSync('/proc/self/status');
if (!possible) console.warn('hostile-job.test.ts was not run: it needs root and setpriv.');

let dir: string;
let server: ProtocolServer;
let worker: ChildProcess;
let first: HostileReport;
let second: HostileReport;

const asJob = (program: string, args: readonly string[], more: readonly string[] = []) =>
  spawnSync('/usr/bin/setpriv', [`--reuid=${UID}`, '--clear-groups', ...more, program, ...args])
    .status;

function startWorker(python: string): ChildProcess {
  return spawn(process.execPath, [ENTRY], {
    env: {
      ...SECRETS,
      PATH: process.env.PATH,
      API_URL: server.url,
      WORKER_TOKEN_FILE: join(dir, 'token'),
      WORKER_TOKEN,
      POOL,
      WORK_DIR: join(dir, 'work'),
      PYTHON: python,
      JOB_UID_BASE: String(UID),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function runJob(claim: ReturnType<typeof hostileJob>): Promise<HostileReport> {
  const job = server.addJob(claim);
  await eventually(() => job.state === 'finished' || job.state === 'failed', 60_000);
  const lines = job.log.map(({ message }) => message);
  expect(job.finish, lines.join('\n')).toMatchObject({ outcome: 'finished' });
  return readHostileReport(lines);
}

async function prepare(): Promise<void> {
  dir = mkdtempSync(join(tmpdir(), 'assay-hostile-'));
  await chmod(dir, 0o711);
  await writeFile(join(dir, 'token'), WORKER_TOKEN, { mode: 0o600 });
  // Process 1 is always there: the worker takes this for a neighbour's.
  const neighbour = join(dir, 'work', 'consumer-1', 'job-9-1-neighbour');
  for (const [folder, mode] of [
    [join(dir, 'work'), 0o711],
    [join(dir, 'work', 'consumer-1'), 0o711],
    [neighbour, 0o700],
  ] as const) {
    await mkdir(folder);
    await chmod(folder, mode);
  }
  await copyFile('/bin/cat', join(dir, 'cat'));
  await chmod(join(dir, 'cat'), 0o4755);
  server = await startProtocolServer();
  server.files.set(
    'plugins',
    await tarGz([{ name: 'trial/attack.py', contents: await attackSource() }]),
  );
  server.files.set('artifact-plugins', await tarGz([{ name: 'manifest', contents: '{}' }]));
}

// Only root can give a child another user; elsewhere there is nothing to prove.
describe.skipIf(!possible)('a hostile job', () => {
  beforeAll(async () => {
    await prepare();
    worker = startWorker(await ensureJobPython());
    const forbidden = ['token', 'work', 'work/consumer-1', 'work/consumer-1/job-9-1-neighbour'];
    const paths = [
      ...forbidden.map((name) => join(dir, name)),
      join(dir, 'work', `consumer-${worker.pid}`),
      '/root',
    ];
    const setuid = { program: join(dir, 'cat'), secret: join(dir, 'token') };
    first = await runJob(hostileJob(paths, setuid));
    second = await runJob(hostileJob());
  }, 300_000);
  afterAll(async () => {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    expect(server.violations).toEqual([]);
    await server.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('gets nothing of the consumer, of other jobs, or of root', () => {
    // The same would work with the rights that it lacks.
    expect(readFileSync(`/proc/${worker.pid}/environ`, 'utf8')).toContain('secret-uri');
    expect(asJob(join(dir, 'cat'), [join(dir, 'token')])).toBe(0);
    expect(asJob(join(dir, 'cat'), [join(dir, 'token')], ['--no-new-privs'])).not.toBe(0);

    expect(first.attacks.size).toBe(FIXED_ATTACKS + 6);
    expect(successful(first)).toEqual([]);
    expect(first.facts('consumer', { pid: z.number(), uid: z.number() })).toEqual([
      { pid: worker.pid, uid: UID },
    ]);
    expect(first.facts('readable', { pids: z.array(z.number()) })).toEqual([{ pids: [] }]);
  });

  it('has no secret but its own token in its environment', () => {
    const shape = { names: z.array(z.string()), text: z.string() };
    const [environment] = first.facts('environment', shape);

    expect(environment?.names).toContain('DIOPTRA_WORKER_PASSWORD');
    expect(environment?.names.filter((name) => /^(AWS|ECS|WORKER)_/.test(name))).toEqual([]);
    for (const secret of [...Object.values(SECRETS), WORKER_TOKEN]) {
      expect(environment?.text).not.toContain(secret);
    }
  });

  it('leaves nothing running, not even what kills those who clear up', () => {
    const pids = first.facts('running', { pid: z.number() }).map(({ pid }) => pid);

    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('leaves nothing for the next job, which is another user', () => {
    const left = first.facts('left', { place: z.string() }).map(({ place }) => place);
    expect(left).toEqual(['/tmp', '/var/tmp', '/dev/shm', 'shared memory']);

    expect(second.facts('found', { names: z.array(z.string()), uid: z.number() })).toEqual([
      { names: [], uid: UID + 1 },
    ]);
    expect([...second.attacks.keys()]).toEqual(['shared memory']);
    expect(successful(second)).toEqual([]);
    for (const place of ['/tmp', '/var/tmp', '/dev/shm']) {
      expect(readdirSync(place).filter((name) => name.startsWith(`assay-left-${UID}`))).toEqual([]);
    }
    // It laid links to it.
    expect(existsSync('/etc/passwd')).toBe(true);
  });
});
