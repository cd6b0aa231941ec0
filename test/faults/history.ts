import type { Json } from '../support/app.ts';
import { linesOf, textOf } from '../support/jobs.ts';
import type { Cluster } from './cluster.ts';

/** What is left of a job when it is over, in counts. */
export interface History {
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** What must not be, in words; empty when all is well. */
  readonly wrongs: readonly string[];
}

const PRINTED = / line \d+$/;

const counted = (values: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

async function allPages(cluster: Cluster, path: string): Promise<readonly Json[]> {
  const rows: Json[] = [];
  for (;;) {
    const page = await cluster.get(`${path}?index=${rows.length}&pageLength=1000`);
    rows.push(...page.data);
    if (page.isComplete) return rows;
  }
}

/** The job's lines against those that its workers were told are stored. */
async function judgeLog(cluster: Cluster, jobId: number, wrongs: string[]) {
  const log = await allPages(cluster, `/api/v1/jobs/${jobId}/log`);
  const messages = log.filter((l) => l.loggerName !== 'assay').map((l) => String(l.message));
  const inLog = counted(messages);
  const promised = cluster.recorder.acknowledged(jobId);
  let lost = 0;
  for (const [message, count] of counted(promised.map((line) => line.message))) {
    lost += Math.max(0, count - (inLog.get(message) ?? 0));
  }
  // Each printed line names its run, so it is there once or it was doubled.
  const printed = messages.filter((message) => PRINTED.test(message));
  const doubled = printed.length - new Set(printed).size;
  for (const { runId } of cluster.recorder.claims(jobId)) {
    const own = printed.filter((message) => message.startsWith(runId));
    const expected = linesOf(runId, own.length);
    if (own.join() !== expected.join()) wrongs.push(`lines of run ${runId} are out of order`);
  }
  if (lost > 0) wrongs.push(`${lost} acknowledged lines are missing`);
  if (doubled > 0) wrongs.push(`${doubled} lines are there twice`);
  return { acknowledged: promised.length, lost, doubled, printed };
}

async function judgeRuns(cluster: Cluster, job: Json, wrongs: string[]): Promise<string> {
  const claims = cluster.recorder.claims(job.id);
  const numbers = claims.map(({ attempt }) => attempt).join();
  const expected = claims.map((_, index) => index + 1).join();
  if (numbers !== expected) wrongs.push(`attempts were handed out as ${numbers}`);
  if (claims.length !== job.attempt) wrongs.push(`attempt is ${job.attempt}, not ${claims.length}`);
  for (const [index, { runId }] of claims.entries()) {
    const { run } = await cluster.get(`/api/2.0/mlflow/runs/get?run_id=${runId}`);
    const last = index === claims.length - 1;
    const wanted = last ? job.status.toUpperCase() : 'KILLED';
    const tagged = run.data.tags.some((tag: Json) => tag.key === 'assay.reason');
    if (run.info.status !== wanted) wrongs.push(`run ${index + 1} is ${run.info.status}`);
    if (!last && !tagged) wrongs.push(`run ${index + 1} does not say why it was killed`);
  }
  return claims.at(-1)?.runId ?? '';
}

async function judgeArtifacts(cluster: Cluster, job: Json, runId: string, wrongs: string[]) {
  const all = await allPages(cluster, '/api/v1/artifacts');
  const own = all.filter((artifact) => artifact.job === job.id).map(({ id }) => id);
  const linked = job.artifacts.map((artifact: Json) => artifact.id);
  if (own.join() !== linked.join()) wrongs.push(`artifacts ${own.join()}, linked ${linked.join()}`);
  if (linked.length !== (job.status === 'finished' ? 1 : 0)) {
    wrongs.push(`${linked.length} artifacts of a job that ${job.status}`);
  }
  for (const id of linked) {
    const contents = await cluster.call('GET', `/api/v1/artifacts/${id}/contents`);
    if (contents.text !== textOf(runId)) wrongs.push(`artifact ${id} is not whole`);
  }
}

/** Checks what must hold of a job that ended, however often its workers died. */
export async function judge(cluster: Cluster, jobId: number, lines = 20): Promise<History> {
  const wrongs: string[] = [];
  const job = await cluster.get(`/api/v1/jobs/${jobId}`);
  const states = (await allPages(cluster, `/api/v1/jobs/${jobId}/snapshots`)).map((s) => s.status);
  const ends = states.filter((status) => status === 'finished' || status === 'failed');
  if (ends.length !== 1 || states.at(-1) !== ends[0]) wrongs.push(`it went ${states.join(' → ')}`);
  const runId = await judgeRuns(cluster, job, wrongs);
  const { printed, ...log } = await judgeLog(cluster, jobId, wrongs);
  const whole = printed.filter((message) => message.startsWith(runId)).length === lines;
  if (job.status === 'finished' && !whole) wrongs.push('the log of the last attempt is not whole');
  await judgeArtifacts(cluster, job, runId, wrongs);
  if (cluster.dueJobs().includes(`RES#${jobId}`)) wrongs.push('the sweeper still looks at it');
  return { status: job.status, reason: job.reason, attempts: job.attempt, ...log, wrongs };
}
