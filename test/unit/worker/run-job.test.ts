import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Runtime } from '#worker/python.ts';
import {
  DONE,
  eventually,
  isRunning,
  script,
  shell,
  startKit,
  tarGz,
  type WorkerKit,
} from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const ended = (job: ServedJob) => () => job.state === 'finished' || job.state === 'failed';
const messages = (job: ServedJob, logger: string) =>
  job.log.filter((line) => line.logger === logger).map(({ message }) => message);

describe('a job that finishes', () => {
  it('has its files in place, stores its artifacts and leaves nothing behind', async () => {
    const job = kit.server.addJob();
    const child = script(`
      const fs = require('node:fs'), root = process.argv[1];
      fs.mkdirSync('saved/deep', { recursive: true });
      fs.writeFileSync('saved/a.bin', Buffer.alloc(100000, 7));
      fs.writeFileSync('saved/deep/empty', '');
      const job = JSON.parse(fs.readFileSync(root + '/job.json'));
      console.log(fs.readFileSync(root + '/job.json', 'utf8').includes('{"rate":1.0}'));
      console.log(JSON.stringify([job, process.cwd(), fs.readdirSync(job.pluginsDir)]));
      const artifacts = [{ name: 'model', path: process.cwd() + '/saved', isDir: true }];
      fs.writeFileSync(root + '/result.json', JSON.stringify({ status: 'finished', artifacts }));
    `);

    await kit.runUntil(ended(job), child);

    const [verbatim, line = ''] = messages(job, 'stdout');
    const [described, cwd, plugins] = JSON.parse(line);
    expect(verbatim).toBe('true');
    expect(described).toMatchObject({ jobId: 1, experimentId: 3, parameters: { rate: 1 } });
    expect([described.outputDir, plugins]).toEqual([cwd, ['trial']]);
    expect(job.finish).toMatchObject({
      outcome: 'finished',
      artifacts: [
        { name: 'model', path: 'model/saved', isDir: true, size: 100_000, pluginSnapshotId: 7 },
      ],
    });
    expect([...job.uploads.keys()].sort()).toEqual([
      'archive of model/saved',
      'model/saved/a.bin',
      'model/saved/deep/empty',
      'train model.json',
    ]);
    expect(job.uploads.get('train model.json')?.bytes?.toString()).toContain('"graph"');
    expect(readdirSync(kit.baseDir)).toEqual([]);
  });

  it('asks for no artifact plugins where there are none', async () => {
    kit.server.files.delete('artifact-plugins');
    const job = kit.server.addJob({ artifactPluginsBundlePath: null });

    await kit.runUntil(ended(job), shell(DONE));

    expect(job.finish?.outcome).toBe('finished');
  });

  it('hands artifact inputs over: files as they are, folders unpacked', async () => {
    kit.server.files.set('file', Buffer.from('weights'));
    kit.server.files.set('folder', await tarGz([{ name: 'data/x.txt', contents: 'x' }]));
    const input = {
      artifactId: 1,
      artifactSnapshotId: 2,
      pluginBundlePath: '/files/plugins',
      pluginName: 'trial',
      taskFile: 'work.py',
      taskName: 'load',
      outputs: [{ name: 'value', type: 'any' }],
    };
    const artifactInputs = {
      one: { ...input, fileName: 'w.bin', isDir: false, contentsPath: '/files/file' },
      two: {
        ...input,
        fileName: 'data',
        isDir: true,
        contentsPath: '/files/folder?fileType=tar_gz',
      },
    };
    const job = kit.server.addJob({ artifactInputs });
    const child = script(`
      const fs = require('node:fs'), root = process.argv[1];
      const { one, two } = JSON.parse(fs.readFileSync(root + '/job.json')).artifactInputs;
      console.log(fs.readFileSync(one.path, 'utf8'), fs.readFileSync(two.path + '/x.txt', 'utf8'));
      console.log(fs.existsSync(one.pluginsDir + '/' + one.task.plugin_name + '/' + one.task.file_name));
      fs.writeFileSync(root + '/result.json', '{"status":"finished","artifacts":[]}');
    `);

    await kit.runUntil(ended(job), child);

    expect(messages(job, 'stdout')).toEqual(['weights x', 'true']);
    expect(job.state).toBe('finished');
  });

  it('gets an environment built from nothing', async () => {
    const job = kit.server.addJob();
    process.env.AWS_SECRET_ACCESS_KEY = 'cloud-secret';
    await kit.runUntil(ended(job), shell(`env | sort; ${DONE}`));
    delete process.env.AWS_SECRET_ACCESS_KEY;

    const names = messages(job, 'stdout').map((line) => line.split('=')[0]);
    const ofShell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(names.filter((name) => !ofShell.includes(name ?? ''))).toEqual([
      'DIOPTRA_API',
      'DIOPTRA_WORKER_PASSWORD',
      'DIOPTRA_WORKER_USERNAME',
      'HOME',
      'LANG',
      'MLFLOW_EXPERIMENT_ID',
      'MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE',
      'MLFLOW_RUN_ID',
      'MLFLOW_TRACKING_TOKEN',
      'MLFLOW_TRACKING_URI',
      'PATH',
      'PYTHONDONTWRITEBYTECODE',
      'PYTHONUNBUFFERED',
      'TMPDIR',
      '__JOB_ID',
    ]);
    // The token reached the child, but not the log.
    expect(messages(job, 'stdout')).toContain('MLFLOW_TRACKING_TOKEN=***');
    expect(JSON.stringify(job.log)).not.toContain(job.template.jobToken);
  });

  it('survives dropped requests, dropped answers and answers to try later', async () => {
    const job = kit.server.addJob();
    kit.server.fault = ({ verb, count }) => {
      if (verb === 'heartbeat') return undefined;
      if (count === 1) return 'drop-answer';
      if (count === 2) return 'drop-request';
      return count === 3 ? { status: 503, retryAfter: '0' } : undefined;
    };
    const child = script(`
      const fs = require('node:fs');
      for (let i = 0; i < 1000; i += 1) console.log('line ' + i);
      fs.writeFileSync('out.txt', 'made');
      const artifacts = [{ name: 'model', path: process.cwd() + '/out.txt', isDir: false }];
      fs.writeFileSync(process.argv[1] + '/result.json', JSON.stringify({ status: 'finished', artifacts }));
    `);

    await kit.runUntil(ended(job), child);

    expect(job.claims).toBe(1);
    expect(messages(job, 'stdout')).toEqual(Array.from({ length: 1000 }, (_, i) => `line ${i}`));
    expect(job.finish).toMatchObject({ outcome: 'finished', artifacts: [{ size: 4 }] });
    expect(job.uploads.get('model/out.txt')?.bytes?.toString()).toBe('made');
  });

  it('sends the token to no other origin when a bundle is elsewhere', async () => {
    const seen: (string | undefined)[] = [];
    const bundle = await tarGz([{ name: 'far.py', contents: '' }]);
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(bundle);
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    kit.server.redirects.set('plugins', `http://127.0.0.1:${port}/bundle`);
    const job = kit.server.addJob();

    await kit.runUntil(ended(job), shell(`ls "$1/plugins"; ${DONE}`));
    other.closeAllConnections();
    other.close();

    expect(messages(job, 'stdout')).toEqual(['far.py']);
    expect(seen).toEqual([undefined]);
  });
});

describe('a job that fails', () => {
  const reasonOf = async (runtime: Parameters<WorkerKit['runUntil']>[1], claim = {}) => {
    const job = kit.server.addJob(claim);
    await kit.runUntil(ended(job), runtime);
    return [job.finish?.outcome, job.finish?.reason, job.finish?.message];
  };

  it.each([
    ['an exit code', 'exit 3', 'ended with exit code 3 before it wrote a result'],
    ['a signal', 'kill -SEGV $$', 'was killed by SIGSEGV before it wrote a result'],
    ['SIGKILL', 'kill -KILL $$', 'killed by SIGKILL (perhaps out of memory)'],
    ['exit 0 without a result', 'true', 'exit code 0 before it wrote a result'],
    ['a result that is a link', 'echo {} > x; ln -s "$PWD/x" "$1/result.json"', 'before it wrote'],
    ['a result that is a pipe', 'mkfifo "$1/result.json"', 'before it wrote a result'],
    ['an exit code after its result', `${DONE}; exit 9`, 'exit code 9 after it wrote its result'],
  ])('by %s is a runtime error', async (_, commands, message) => {
    const [outcome, reason, said] = await reasonOf(shell(commands));

    expect([outcome, reason]).toEqual(['failed', 'runtime_error']);
    expect(said).toContain(message);
  });

  it('by its own result is a failed task', async () => {
    const write = `printf '{"status":"failed","reason":"step a: no\\ndata"}' > "$1/result.json"; exit 1`;

    expect(await reasonOf(shell(write.replace('\\n', '\\\\n')))).toEqual([
      'failed',
      'task_failed',
      'step a: no data',
    ]);
  });

  it('says so when its program does not exist', async () => {
    const nothing = () => ({ command: '/does/not/exist', args: [] });

    const [outcome, reason] = await reasonOf(nothing);

    expect([outcome, reason]).toEqual(['failed', 'runtime_error']);
  });

  it('says so when its bundle is missing', async () => {
    const [, reason, said] = await reasonOf(shell(DONE), { pluginsBundlePath: '/files/none' });

    expect(reason).toBe('runtime_error');
    expect(said).toContain('HTTP 404');
  });

  it.each([
    ['leads out through a link', 'ln -s /etc/hostname out', 'out', false],
    ['leads out through a folder', 'ln -s /etc out', 'out/hostname', false],
    ['holds a link that leads out', 'mkdir out; ln -s /etc/hostname out/x', 'out', true],
    ['holds a pipe', 'mkdir out; mkfifo out/x', 'out', true],
    ['is named from above', 'true', '../job.json', false],
    ['is all outputs', 'true', '.', true],
    ['is absolute and foreign', 'true', '/etc/hostname', false],
    ['does not exist', 'true', 'nothing', false],
  ])('stores no artifact that %s', async (_, commands, path, isDir) => {
    const result = JSON.stringify({
      status: 'finished',
      artifacts: [{ name: 'model', path, isDir }],
    });
    const job = kit.server.addJob();

    await kit.runUntil(
      ended(job),
      shell(`${commands}; printf '%s' '${result}' > "$1/result.json"`),
    );

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'task_failed' });
    expect([...job.uploads.keys()]).toEqual(['train model.json']);
  });
});

describe('a job that is ended', () => {
  const stubborn = `
    trap '' TERM
    (trap '' TERM; while :; do sleep 0.05; done) & echo $!
    echo $$
    while :; do sleep 0.05; done`;

  it('by a cancel is told, then killed with all its processes', async () => {
    const job = kit.server.addJob({ graceSeconds: 0.3 });
    kit.server.fault = () => {
      job.cancel = messages(job, 'stdout').length === 2;
      return undefined;
    };

    await kit.runUntil(ended(job), shell(stubborn));

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'cancelled' });
    const pids = messages(job, 'stdout').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('by a cancel may end within its grace, and its last words are kept', async () => {
    const job = kit.server.addJob({ graceSeconds: 30 });
    kit.server.fault = () => {
      job.cancel = messages(job, 'stdout').includes('ready');
      return undefined;
    };
    const polite = `trap 'echo bye; exit 143' TERM; echo ready; while :; do sleep 0.05; done`;

    await kit.runUntil(ended(job), shell(polite));

    expect(messages(job, 'stdout')).toEqual(['ready', 'bye']);
    expect(job.finish).toMatchObject({ reason: 'cancelled' });
  });

  it('by its timeout is killed soon after', async () => {
    const job = kit.server.addJob({ timeoutSeconds: 1, graceSeconds: 0.1 });
    const from = performance.now();

    await kit.runUntil(ended(job), shell(stubborn));

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'timeout' });
    expect(performance.now() - from).toBeLessThan(8_000);
    expect(messages(job, 'stdout').map(Number).filter(isRunning)).toEqual([]);
  });

  it('by a lost lease is killed at once and reports nothing', async () => {
    const job = kit.server.addJob({ graceSeconds: 30 });
    const child = shell(`echo $$ > pid; trap '' TERM; while :; do sleep 0.05; done`);
    kit.server.fault = ({ verb }) => (verb === 'heartbeat' ? { status: 409 } : undefined);

    await kit.runUntil(() => kit.events.some(({ event }) => event === 'job_ended'), child);

    expect(kit.events).toContainEqual({
      event: 'job_ended',
      facts: { slot: 0, jobId: 1, attempt: 1, end: 'lost' },
    });
    expect(kit.server.calls.map(({ verb }) => verb)).not.toContain('finish');
    expect(job.finish).toBeUndefined();
    expect(readdirSync(kit.baseDir)).toEqual([]);
  });

  it('works on without an API until its lease ends, and then stops by itself', async () => {
    const job = kit.server.addJob({ leaseSeconds: 1.2, heartbeatSeconds: 0.2 });
    let pidFile = '';
    const child: Runtime = (claim, dirs) => {
      pidFile = join(dirs.root, 'pid');
      return shell(`echo $$ > "$1/pid"; while :; do sleep 0.05; done`)(claim, dirs);
    };
    kit.server.fault = ({ verb }) => (verb === 'heartbeat' ? 'drop-request' : undefined);
    const over = () => kit.events.some(({ event }) => event === 'job_ended');
    let pid = 0;
    let runningAt = 0;
    const watch = setInterval(() => {
      if (pid === 0 && existsSync(pidFile)) pid = Number(readFileSync(pidFile, 'utf8'));
      if (pid !== 0 && isRunning(pid)) runningAt = performance.now() - from;
    }, 20);
    const from = performance.now();

    await kit.runUntil(over, child);
    clearInterval(watch);

    expect(runningAt).toBeGreaterThan(900);
    expect(runningAt).toBeLessThan(4_000);
    expect(isRunning(pid)).toBe(false);
    expect(job.finish).toBeUndefined();
  });

  it('by a stop of the worker is given back and can be run again', async () => {
    const job = kit.server.addJob();
    const polite = `trap 'echo bye; exit 143' TERM; echo ready; while :; do sleep 0.05; done`;

    const { stopMs } = await kit.runUntil(
      () => messages(job, 'stdout').includes('ready'),
      shell(polite),
    );

    expect(job).toMatchObject({ state: 'queued', releases: 1, attempt: 2, finish: undefined });
    expect(messages(job, 'stdout')).toEqual(['ready', 'bye']);
    expect(stopMs).toBeLessThan(8_000);
    await kit.runUntil(ended(job), shell(DONE));
    expect(job).toMatchObject({ state: 'finished', claims: 2 });
  });

  it('by a stop is given back in time although it does not listen', async () => {
    const job = kit.server.addJob({ graceSeconds: 120 });

    const { stopMs } = await kit.runUntil(
      () => messages(job, 'stdout').length === 2,
      shell(stubborn),
      { drainMs: 2_000 },
    );

    expect(job).toMatchObject({ state: 'queued', releases: 1 });
    expect(stopMs).toBeLessThan(2_000);
    expect(messages(job, 'stdout').map(Number).filter(isRunning)).toEqual([]);
  });

  it('does not wait for a process that left the group and holds the pipes', async () => {
    const job = kit.server.addJob();
    const from = performance.now();

    await kit.runUntil(ended(job), shell(`setsid sleep 8 & echo $!; sleep 0.1; ${DONE}`));
    const took = performance.now() - from;
    const [pid] = messages(job, 'stdout').map(Number);

    expect(job.state).toBe('finished');
    expect(took).toBeLessThan(5_000);
    if (pid !== undefined && isRunning(pid)) process.kill(pid, 'SIGKILL');
    await eventually(() => pid === undefined || !isRunning(pid));
  });
});
