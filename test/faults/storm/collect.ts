import type { Json } from '../../support/app.ts';
import type { StormClient } from './client.ts';
import type { Driven } from './driver.ts';
import type { Entry } from './journal.ts';
import type { StormPlan } from './plan.ts';
import type { Scene } from './scene.ts';

export interface SeenRun {
  readonly id: string;
  readonly job: number;
  readonly attempt: number;
  readonly status: string;
}

export interface SeenLine {
  readonly logger: string;
  readonly message: string;
  readonly on: number;
}

/** What the API shows of a job when all is over. */
export interface SeenJob {
  readonly id: number;
  readonly description: string;
  readonly status: string;
  readonly reason: string | null;
  readonly message: string | null;
  readonly attempt: number;
  readonly artifacts: readonly number[];
  /** Of its snapshots, in their order. */
  readonly states: readonly string[];
  readonly log: readonly SeenLine[];
  readonly runs: readonly SeenRun[];
  /** What its artifacts hold. */
  readonly contents: readonly string[];
}

/** All that a judge needs. */
export interface History extends Driven {
  readonly plan: StormPlan;
  readonly scenes: readonly [Scene, Scene];
  readonly entries: readonly Entry[];
  /** On a machine that has other things to do, too. */
  readonly slowestSweepMs: number;
  readonly jobs: ReadonlyMap<number, SeenJob>;
  /** Every artifact that there is, with its job. */
  readonly artifacts: readonly { readonly id: number; readonly job: number | null }[];
}

const AT_ONCE = 6;

async function inParallel<T, R>(all: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const at = next;
      next += 1;
      done[at] = await act(all[at] as T);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}

const tagsOf = (run: Json): Map<string, string> =>
  new Map(run.data.tags.map(({ key, value }: Json) => [key, value]));

/** Every run of the experiments, as a search finds them. */
async function runsOf(client: StormClient, experiments: readonly number[]): Promise<SeenRun[]> {
  const found: SeenRun[] = [];
  let token: string | undefined;
  do {
    const page: Json = await client.post('/api/2.0/mlflow/runs/search', {
      experiment_ids: experiments.map(String),
      max_results: 1_000,
      ...(token === undefined ? {} : { page_token: token }),
    });
    for (const run of page.runs ?? []) {
      const tags = tagsOf(run);
      const job = Number(tags.get('dioptra.jobId'));
      const attempt = Number(tags.get('assay.attempt'));
      found.push({ id: run.info.run_id, job, attempt, status: run.info.status });
    }
    token = page.next_page_token || undefined;
  } while (token !== undefined);
  return found;
}

async function jobOf(client: StormClient, id: number, runs: readonly SeenRun[]): Promise<SeenJob> {
  const { description, status, reason, message, attempt, artifacts } = await client.get(
    `/api/v1/jobs/${id}`,
  );
  const snapshots = await client.pages(`/api/v1/jobs/${id}/snapshots`);
  const lines = await client.pages(`/api/v1/jobs/${id}/log`);
  const ids: number[] = artifacts.map((artifact: Json) => artifact.id);
  const contents: string[] = [];
  for (const artifact of ids) {
    const answer = await client.call('GET', `/api/v1/artifacts/${artifact}/contents`);
    contents.push(answer.status === 200 ? answer.text : `HTTP ${answer.status}`);
  }
  return {
    ...{ id, description, status, reason, message, attempt, contents },
    artifacts: ids,
    states: snapshots.map((snapshot) => snapshot.status),
    log: lines.map((line) => ({
      logger: line.loggerName,
      message: line.message,
      on: Date.parse(line.createdOn),
    })),
    runs: runs.toSorted((a, b) => a.attempt - b.attempt),
  };
}

/** Reads what has become of everything. */
export async function collect(
  client: StormClient,
  seen: Omit<History, 'jobs' | 'artifacts'>,
): Promise<History> {
  const experiments = seen.scenes.map(({ experiment }) => experiment);
  const lists = await Promise.all(
    experiments.map((id) => client.pages(`/api/v1/experiments/${id}/jobs`)),
  );
  const runs = Map.groupBy(await runsOf(client, experiments), ({ job }) => job);
  const ids = lists.flat().map(({ id }): number => id);
  const jobs = await inParallel(ids, (id) => jobOf(client, id, runs.get(id) ?? []));
  const artifacts = await client.pages('/api/v1/artifacts');
  return {
    ...seen,
    jobs: new Map(jobs.map((job) => [job.id, job])),
    artifacts: artifacts.map(({ id, job }) => ({ id, job })),
  };
}
