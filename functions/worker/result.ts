import { constants as flags } from 'node:fs';
import { open } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { JobFailure } from './failure.ts';
import type { Exit } from './sandbox/launch.ts';
import type { JobDirs } from './work-dir.ts';

const MAX_RESULT_BYTES = 4 * 1024 * 1024;

export const ResultArtifact = z.object({
  name: z.string(),
  /** Absolute, below the job's outputs. */
  path: z.string(),
  isDir: z.boolean(),
});
export type ResultArtifact = z.infer<typeof ResultArtifact>;

/** What the child leaves in result.json. */
const Result = z.discriminatedUnion('status', [
  z.object({ status: z.literal('finished'), artifacts: z.array(ResultArtifact) }),
  z.object({
    status: z.literal('failed'),
    reason: z.string().default('The job failed.'),
    exitCode: z.int().min(0).max(255).optional(),
  }),
]);
type Result = z.infer<typeof Result>;

/** The artifacts of a child that finished; throws a `JobFailure` for any other. */
export async function readResult(dirs: JobDirs, exit: Exit): Promise<readonly ResultArtifact[]> {
  const result = await readFile(join(dirs.root, 'result.json'));
  if (result?.status === 'failed') {
    const { reason, exitCode } = result;
    throw new JobFailure('task_failed', reason, { exitCode });
  }
  if (result !== undefined && exit.code === 0) return result.artifacts;
  const when = result === undefined ? 'before it wrote a result' : 'after it wrote its result';
  const message = `The job's process ${howItEnded(exit)} ${when}.`;
  throw new JobFailure('runtime_error', message, { exitCode: codeOf(exit) });
}

/** As shells tell it: a signal counts from 128 on. */
const codeOf = ({ code, signal }: Exit): number | undefined =>
  signal === null ? (code ?? undefined) : 128 + (constants.signals[signal] ?? 0);

function howItEnded({ code, signal }: Exit): string {
  if (signal === 'SIGKILL') return 'was killed by SIGKILL (perhaps out of memory)';
  if (signal !== null) return `was killed by ${signal}`;
  return `ended with exit code ${code}`;
}

async function readFile(path: string): Promise<Result | undefined> {
  // The child owns this folder: neither a link nor a pipe may stand in for the file.
  const mode = flags.O_RDONLY | flags.O_NOFOLLOW | flags.O_NONBLOCK;
  const file = await open(path, mode).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_RESULT_BYTES) return undefined;
    return Result.safeParse(JSON.parse(await file.readFile('utf8'))).data;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
