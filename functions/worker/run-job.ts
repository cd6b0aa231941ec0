import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DioptraClaim, JobClaim } from '#domain/jobs/protocol.ts';
import { collectArtifacts } from './artifacts.ts';
import {
  type Attempt,
  failed,
  type JobDeps,
  type JobEnd,
  type Outcome,
  type Stopping,
  type Told,
} from './attempt.ts';
import type { LogSink } from './child-log.ts';
import { conclude } from './conclude.ts';
import { JobFailure } from './failure.ts';
import { after, createHalt } from './halt.ts';
import { fenceOf, keepLease } from './lease.ts';
import { explain } from './log.ts';
import { logPump } from './log-pump.ts';
import { prepareJob } from './prepare.ts';
import type { Uploader } from './put.ts';
import { readResult } from './result.ts';
import { runChild } from './run-child.ts';
import { childEnvironment } from './sandbox/environment.ts';
import { clearUser } from './sandbox/leftovers.ts';
import { requireNoProcesses } from './sandbox/processes.ts';
import { storeArtifacts } from './store-artifacts.ts';
import { forEach, onAbort } from './together.ts';
import { uploadFiles } from './upload.ts';
import { createWorkDir, handOver, type JobDirs, removeDir } from './work-dir.ts';

/** Runs one claimed attempt to its end and tells the API; `askedAt` is when the claim was asked. */
export async function runJob(
  deps: JobDeps,
  claim: JobClaim,
  askedAt: number,
  stopping: Stopping,
): Promise<JobEnd> {
  const attempt = begin(deps, claim, stopping);
  const { halt } = attempt;
  const { client, log } = deps;
  const lease = keepLease({ client, claim, askedAt, halt, log, told: attempt.told });
  const deadline = askedAt + claim.timeoutSeconds * 1000 - performance.now();
  const timer = after(deadline, () => halt.halt('timeout'));
  const unwatch = watchStop(attempt);
  let dirs: JobDirs | undefined;
  try {
    dirs = await createWorkDir(deps.baseDir, claim.jobId, claim.attempt);
    const outcome = await work(attempt, dirs);
    return await conclude(attempt, outcome);
  } finally {
    clearTimeout(timer);
    unwatch();
    lease.stop();
    attempt.sink.pump.stop();
    if (dirs !== undefined) await discard(deps, dirs);
  }
}

function begin(deps: JobDeps, claim: JobClaim, stopping: Stopping): Attempt {
  const halt = createHalt();
  const fence = fenceOf(claim);
  const pump = logPump({
    send: (first, lines) => deps.client.log(fence, first, lines, halt.gone),
    onLost: () => halt.halt('lost'),
    onFailure: () => halt.halt('broken'),
    onFlush: () => deps.reach('after-log-flush'),
  });
  onAbort(halt.gone, () => pump.stop());
  const told: Told = {};
  const sink: LogSink = {
    pump,
    clock: deps.clock,
    secrets: [claim.jobToken],
    onProgress: (progress) => {
      told.progress = progress;
    },
    onUsage: (usage) => {
      told.usage = usage;
    },
  };
  return { deps, claim, fence, halt, sink, stopping, told, childEnded: false };
}

function watchStop(attempt: Attempt): () => void {
  const { halt, stopping } = attempt;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    if (attempt.childEnded) timer = after(stopping.graceMs, () => halt.halt('stopping'));
    else halt.halt('stopping');
  };
  const undo = [onAbort(stopping.stop, stop), onAbort(stopping.abandon, () => halt.halt('lost'))];
  return () => {
    clearTimeout(timer);
    for (const act of undo) act();
  };
}

async function discard({ launcher, log }: JobDeps, dirs: JobDirs): Promise<void> {
  try {
    // Who is still there could lead what removes as root to somebody else's files.
    if (launcher.kind === 'isolated') await requireNoProcesses(launcher.identity);
    await removeDir(dirs.root);
  } catch (error) {
    log('work_dir_left', { dir: dirs.root, error: explain(error) });
  }
}

/** Everything up to the point where the API is told the outcome. */
async function work(attempt: Attempt, dirs: JobDirs): Promise<Outcome> {
  try {
    return await tryWork(attempt, dirs);
  } catch (error) {
    if (error instanceof JobFailure) return failed(error.reason, error.message, error.exitCode);
    if (attempt.halt.reason === undefined) {
      attempt.deps.log('attempt_failed', { jobId: attempt.claim.jobId, error: explain(error) });
    }
    return failed('runtime_error', `The worker could not run the job: ${explain(error)}`);
  }
}

async function tryWork(attempt: Attempt, dirs: JobDirs): Promise<Outcome> {
  const { deps, claim, fence, halt } = attempt;
  const { launcher, reach } = deps;
  const uploader = { client: deps.client, fence, halt };
  await makeReady(attempt, dirs, uploader);
  if (launcher.kind === 'isolated') {
    // What jobs of an earlier, killed consumer left under the same id.
    await clearUser(launcher.setpriv, launcher.identity);
    await handOver(dirs.root, launcher.identity);
  }
  reach('after-prepare');
  halt.signal.throwIfAborted();
  const exit = await runChild({
    launcher,
    setup: { ...deps.runtime(claim, dirs), cwd: dirs.outputs, env: environment(attempt, dirs) },
    sink: attempt.sink,
    halt,
    graceMs: () => graceOf(attempt),
    onStart: () => reach('after-start'),
  });
  attempt.childEnded = true;
  reach('after-exit');
  halt.signal.throwIfAborted();
  const results = await readResult(dirs, exit);
  const artifacts = await collectArtifacts(claim, dirs, results);
  reach('before-upload');
  const owner = launcher.kind === 'isolated' ? launcher.identity.uid : undefined;
  const stored = await storeArtifacts({ ...uploader, owner }, artifacts, deps.baseDir);
  reach('after-upload');
  return { outcome: 'finished', artifacts: stored };
}

/** What the job needs is fetched while its document is stored: neither needs the other. */
async function makeReady(
  { deps: { apiUrl }, claim, halt }: Attempt,
  dirs: JobDirs,
  uploader: Uploader,
): Promise<void> {
  const prepare = (signal: AbortSignal) => prepareJob({ apiUrl, claim, dirs }, signal);
  if (claim.runtime !== 'dioptra') return prepare(halt.signal);
  const store = async () => {
    await uploadFiles(uploader, [await engineDocument(claim, dirs)]);
  };
  const both = [prepare, store];
  await forEach(both, both.length, halt.signal, (act, either) => act(either));
}

const environment = ({ deps, claim }: Attempt, dirs: JobDirs) =>
  childEnvironment(claim, dirs, { apiUrl: deps.apiUrl, path: deps.path });

const graceOf = ({ claim, halt, stopping }: Attempt): number =>
  halt.reason === 'stopping'
    ? Math.min(claim.graceSeconds * 1000, stopping.graceMs)
    : claim.graceSeconds * 1000;

/** The document that the engine runs, kept with the run as the original worker does. */
async function engineDocument(claim: DioptraClaim, dirs: JobDirs) {
  const text = claim.config;
  const file = join(dirs.root, 'engine-document.json');
  await writeFile(file, text, { mode: 0o600 });
  const name = claim.entrypointName.toWellFormed().replaceAll(/[\p{Cc}\\/]/gu, '_');
  return { path: `${name.slice(0, 200).toWellFormed()}.json`, file, size: Buffer.byteLength(text) };
}
