import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Identity } from './identity.ts';

/**
 * `kill(-1)` reaches every process of the effective user in one step, which no forking outruns. Whose
 * real and saved users are others than the job's cannot be signalled by the job; the real one is
 * nobody's, since its processes would be reached, too.
 */
const WARDEN = `
const [warden, user] = process.argv.slice(1).map(Number);
process.seteuid(user);
if (process.getuid() !== warden || process.geteuid() !== user) process.exit(1);
process.kill(-1, 'SIGKILL');`;

/** Dying takes those a moment that hold much memory. */
const MOST_ROUNDS = 50;
const ROUND_MS = 100;

/** Ends every process of the user, also such as fight for their lives. */
export async function endProcesses(setpriv: string, { uid, warden }: Identity): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // So many of them that no other can be started are first made fewer.
    await sendWarden(setpriv, warden, uid).catch(() => undefined);
    const left = await processesOf(uid);
    if (left.length === 0) return;
    for (const pid of left) killOne(pid);
    await wait(ROUND_MS);
  }
  throw unended(uid);
}

const unended = (uid: number): Error => new Error(`Processes of user ${uid} could not be ended.`);

/** Throws while any process of the user is there. */
export async function requireNoProcesses({ uid }: Identity): Promise<void> {
  if ((await processesOf(uid)).length > 0) throw unended(uid);
}

async function sendWarden(setpriv: string, warden: number, uid: number): Promise<void> {
  const program = [process.execPath, '--eval', WARDEN, String(warden), String(uid)];
  // Without CAP_KILL: what the ids do not reach, it does not reach.
  const flags = [`--ruid=${warden}`, '--clear-groups', '--inh-caps=-all'];
  const child = spawn(setpriv, [...flags, '--bounding-set=-all,+setuid', '--', ...program], {
    cwd: '/',
    stdio: 'ignore',
    env: {},
  });
  await once(child, 'exit');
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has died meanwhile, or root may not do everything here; the next round looks again.
  }
}

/** All that run with the user's rights, the dead that nobody asked for apart. */
async function processesOf(uid: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const owners = await Promise.all(pids.map(async (pid) => [pid, await usersOf(pid)] as const));
  return owners.filter(([, uids]) => uids.includes(uid)).map(([pid]) => pid);
}

/** Real, effective, saved and file system user; of a dead one none. */
async function usersOf(pid: number): Promise<readonly number[]> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  if (/^State:\s+[ZX]/m.test(status)) return [];
  const [, uids = ''] = /^Uid:\s+(.*)$/m.exec(status) ?? [];
  return uids.split(/\s+/).filter(Boolean).map(Number);
}
