/** The worker's container entry as a local process, which must not outlive the one that started it. */
import process from 'node:process';

// Standard input is a pipe whose other end is held by our parent, and closes however it ends.
process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
process.stdin.unref();

await import('../../functions/entry/worker.container.ts');
