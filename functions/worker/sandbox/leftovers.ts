import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type Identity, identityFlags } from './identity.ts';

/** Where every user may write. With a root file system that is read-only there is nothing else. */
const SHARED_PLACES = ['/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run/lock'];

/**
 * Runs as the job's user: so it can remove nothing else, whatever links the job laid out. `kill -1`
 * reaches every process of the user in one step, which no forking outruns.
 */
const SWEEP = `
kill -KILL -1
command -v ipcrm > /dev/null && ipcrm --all
for place in ${SHARED_PLACES.join(' ')}; do
  [ -d "$place" ] || continue
  find "$place" -mindepth 1 -type d -uid "$1" ! -perm -700 -exec chmod u+rwx {} ';'
  find "$place" -mindepth 1 -uid "$1" -delete
done`;

/** A process of the job may end the sweep before the sweep ends it, but not time and again. */
const MOST_ROUNDS = 20;

/** Ends the user's processes, and removes its files and shared memory outside the work folder. */
export async function clearUser(setpriv: string, identity: Identity): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const program = ['sh', '-c', SWEEP, 'sh', String(identity.uid)];
    const sweep = spawn(setpriv, [...identityFlags(identity), '--', ...program], {
      cwd: '/',
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin' },
    });
    await once(sweep, 'exit');
    if (!(await hasProcesses(identity.uid))) return;
  }
  throw new Error(`Processes of user ${identity.uid} could not be ended.`);
}

async function hasProcesses(uid: number): Promise<boolean> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const owners = await Promise.all(pids.map(ownersOf));
  return owners.some((uids) => uids.includes(uid));
}

/** Real, effective, saved and file system user; of a dead one that nobody asked for, none. */
async function ownersOf(pid: string): Promise<number[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  if (/^State:\s+[ZX]/m.test(status)) return [];
  const [, uids = ''] = /^Uid:\s+(.*)$/m.exec(status) ?? [];
  return uids.split(/\s+/).filter(Boolean).map(Number);
}
