import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Identity, identityFlags } from './identity.ts';
import { endProcesses } from './processes.ts';

/** Where every user may write. With a root file system that is read-only there is nothing else. */
const SHARED_PLACES = ['/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run/lock'];

/** Runs as the job's user: so it can remove nothing else, whatever links the job laid out. */
const SWEEP = `
command -v ipcrm > /dev/null && ipcrm --all
for place in ${SHARED_PLACES.join(' ')}; do
  [ -d "$place" ] || continue
  find "$place" -mindepth 1 -type d -uid "$1" ! -perm -700 -exec chmod u+rwx {} ';'
  find "$place" -mindepth 1 -uid "$1" -delete
done`;

/** Ends the user's processes, and removes its files and shared memory outside the work folder. */
export async function clearUser(setpriv: string, identity: Identity): Promise<void> {
  // First, since they could stop or kill the sweep, which is theirs by its user.
  await endProcesses(setpriv, identity);
  const program = ['sh', '-c', SWEEP, 'sh', String(identity.uid)];
  const sweep = spawn(setpriv, [...identityFlags(identity), '--', ...program], {
    cwd: '/',
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin' },
  });
  await once(sweep, 'exit');
}
