import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showLife } from '#worker/alive.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { createWorkDir, prepareBaseDir, removeDir } from '#worker/work-dir.ts';
import { DONE, eventually, isRunning, script, shell, startKit, type WorkerKit } from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

const UID = 61_000;
const path = process.env.PATH ?? '';
const possible = process.getuid?.() === 0 && existsSync('/usr/bin/setpriv');

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
  chmodSync(kit.baseDir, 0o711);
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const ended = (job: ServedJob) => () => job.state === 'finished' || job.state === 'failed';
const lines = (job: ServedJob) => job.log.map(({ message }) => message);

// Only root can give a child another user; elsewhere there is nothing to prove.
describe.skipIf(!possible)('a child with a user of its own', () => {
  const launcherOf = possible ? chooseLauncher({ path, uidBase: UID }) : undefined;
  const more = launcherOf === undefined ? {} : { launcherOf };

  it('has no rights but those on its own folder', async () => {
    const job = kit.server.addJob();
    const commands = `
      id -u; id -g; id -G
      grep -E '^(NoNewPrivs|CapEff|CapPrm|CapBnd|CapInh):' /proc/self/status | tr -d '\\t '
      cat /proc/${process.pid}/environ > /dev/null 2>&1 && echo read-environment
      ls ${kit.baseDir} > /dev/null 2>&1 && echo saw-neighbours
      cat "$1/job.json" > /dev/null && ls "$1/plugins/trial"
      echo hello > out.txt`;
    const result = `printf '{"status":"finished","artifacts":[{"name":"model","path":"out.txt","isDir":false}]}' > "$1/result.json"`;

    await kit.runUntil(ended(job), shell(`${commands}; ${result}`), more);

    const none = '0000000000000000';
    expect(lines(job)).toEqual([
      ...[String(UID), String(UID), String(UID)],
      ...[`CapInh:${none}`, `CapPrm:${none}`, `CapEff:${none}`, `CapBnd:${none}`, 'NoNewPrivs:1'],
      'work.py',
    ]);
    expect(job.uploads.get('model/out.txt')?.bytes?.toString()).toBe('hello\n');
  });

  it('leaves no process behind, not even one that left its group', async () => {
    const job = kit.server.addJob();

    await kit.runUntil(
      ended(job),
      shell(`setsid sh -c 'echo $$; exec sleep 30' & sleep 0.2; ${DONE}`),
      more,
    );

    const [pid = 0] = lines(job).map(Number);
    expect(pid).toBeGreaterThan(0);
    expect(isRunning(pid)).toBe(false);
  });

  it.each(['SIGKILL', 'SIGSTOP'])(
    'leaves nobody behind who sends %s to all there is of its user',
    async (signal) => {
      const job = kit.server.addJob();
      const hunt = `setTimeout(() => { for (;;) try { process.kill(-1, '${signal}') } catch {} }, 300)`;
      const source = `
      const { spawn } = require('node:child_process');
      const { writeFileSync } = require('node:fs');
      const own = spawn(process.execPath, ['-e', ${JSON.stringify(hunt)}], { detached: true, stdio: 'ignore' });
      console.log(own.pid);
      own.unref();
      writeFileSync('/tmp/assay-hunted-' + process.getuid(), '');
      writeFileSync(process.argv[1] + '/result.json', '{"status":"finished","artifacts":[]}');`;

      await kit.runUntil(ended(job), script(source), more);

      const [pid = 0] = lines(job).map(Number);
      expect(pid).toBeGreaterThan(0);
      expect(isRunning(pid)).toBe(false);
      expect(readdirSync('/tmp').filter((name) => name.startsWith('assay-hunted-'))).toEqual([]);
    },
  );

  it('cannot hand over the file of another user through a hard link', async () => {
    const job = kit.server.addJob();
    const commands = `ln /etc/hostname out.txt 2> /dev/null || ln -s /etc/hostname out.txt`;
    const result = `printf '{"status":"finished","artifacts":[{"name":"model","path":"out.txt","isDir":false}]}' > "$1/result.json"`;

    await kit.runUntil(ended(job), shell(`${commands}; ${result}`), more);

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'task_failed' });
  });
});

describe('prepareBaseDir', () => {
  it('clears up after a killed consumer that had our process id, as in a container', async () => {
    const own = await prepareBaseDir(kit.baseDir);
    await createWorkDir(own, 1, 1);

    expect(await prepareBaseDir(kit.baseDir)).toBe(own);

    expect(readdirSync(own)).toEqual([]);
  });
});

describe('removeDir', () => {
  it('removes what a job left, and nothing that its links lead to', async () => {
    const { root: other } = await createWorkDir(kit.baseDir, 2, 1);
    const { root, outputs, tmp } = await createWorkDir(kit.baseDir, 1, 1);
    mkdirSync(join(outputs, 'below'));
    writeFileSync(join(outputs, 'below', 'file'), 'x');
    symlinkSync(other, join(tmp, 'link'));

    await removeDir(root);

    expect([existsSync(root), readdirSync(other).length]).toEqual([false, 5]);
  });

  it('removes a folder of very many files', async () => {
    const { root, outputs } = await createWorkDir(kit.baseDir, 1, 1);
    for (let file = 0; file < 500; file += 1) writeFileSync(join(outputs, String(file)), '');

    await removeDir(root);

    expect(existsSync(root)).toBe(false);
  });

  it('removes folders deeper than a path is long, unreadable ones among them', async () => {
    const { root } = await createWorkDir(kit.baseDir, 1, 1);
    // One level at a time, as no path reaches it.
    const dig = `
      const { chmodSync, mkdirSync } = require('node:fs');
      const name = 'd'.repeat(200);
      for (let level = 0; level < 40; level += 1) {
        mkdirSync(name);
        process.chdir(name);
      }
      mkdirSync('closed', { mode: 0 });
      chmodSync('.', 0);`;
    execFileSync(process.execPath, ['-e', dig], { cwd: root });

    await removeDir(root);

    expect(existsSync(root)).toBe(false);
  });
});

describe('showLife', () => {
  it('touches the file until it is told to end', async () => {
    const file = join(kit.baseDir, 'alive');
    const old = new Date(0);

    const rest = await showLife(file, 20);
    utimesSync(file, old, old);
    await eventually(() => statSync(file).mtime > old);
    rest();
    utimesSync(file, old, old);
    await wait(100);

    expect(statSync(file).mtime).toEqual(old);
  });
});

describe('chooseLauncher', () => {
  it('gives no two jobs the same user', () => {
    if (!possible) return expect(() => chooseLauncher({ path, uidBase: UID })).toThrow('need');
    const launcherOf = chooseLauncher({ path, uidBase: UID });
    const launchers = [launcherOf(), launcherOf()];

    expect(launchers).toMatchObject([{ identity: { uid: UID } }, { identity: { uid: UID + 1 } }]);
  });

  it('never leaves out quietly what was asked for', () => {
    expect(() => chooseLauncher({ path: '/nowhere', uidBase: UID })).toThrow('setpriv');
  });

  it('works without setpriv when nothing was asked for', () => {
    expect(chooseLauncher({ path: '/nowhere' })()).toEqual({ kind: 'plain' });
  });
});
