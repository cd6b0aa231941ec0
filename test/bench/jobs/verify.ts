/** Whether every job ended once and left what it should: by all rows of the table, and through the API. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decodeItem } from '#embedded/sqlite-codec.ts';
import type { Item } from '#kernel/table.ts';
import type { Cluster } from './cluster.ts';
import { LINES, linesOf, rowsOf } from './native.ts';

/** Jobs whose log and artifact are read through the API. */
const SAMPLE = 200;
const MB = 1_000_000;

export interface Verified {
  readonly finished: number;
  readonly lines: number;
  readonly artifacts: number;
  /** Jobs that were asked for and are not there, or have not finished. */
  readonly lost: number;
  /** Of jobs that were attempted more than once, or told of more than once. */
  readonly repeated: number;
  /** Messages left in the queue, dead letters included. */
  readonly messages: number;
  /** Jobs whose log and artifact were read and were as they should be. */
  readonly sampled: number;
  /** What was found that should not be; empty where all is well. */
  readonly faults: readonly string[];
}

function* itemsOf(database: DatabaseSync, prefix: string, sk: string): Generator<Item> {
  const rows = database
    .prepare("SELECT body FROM items WHERE pk >= ? || '#' AND pk < ? || '$' AND sk = ?")
    .iterate(prefix, prefix, sk);
  for (const { body } of rows) yield decodeItem(String(body));
}

/** Counts in the files themselves. */
function countRows(folder: string) {
  const table = new DatabaseSync(join(folder, 'table.sqlite'), { readOnly: true });
  const queue = new DatabaseSync(join(folder, 'messages.sqlite'), { readOnly: true });
  try {
    const jobs = [...itemsOf(table, 'RES', 'CURRENT')].filter(({ type }) => type === 'job');
    const heads = [...itemsOf(table, 'LOG', 'HEAD')];
    return {
      jobs,
      lines: heads.reduce((sum, { next }) => sum + Number(next), 0),
      messages: Number(queue.prepare('SELECT count(*) AS n FROM messages').get()?.n),
    };
  } finally {
    table.close();
    queue.close();
  }
}

async function sampleFault({ url, headers }: Cluster, { id, runId, artifacts }: Item) {
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}/api/v1${path}`, { headers });
    const text = await answer.text();
    return answer.ok ? text : `${answer.status} ${text}`;
  };
  const run = String(runId);
  const log = JSON.parse(await read(`/jobs/${id}/log?pageLength=100`));
  const lines = log.data?.map(({ message }: { readonly message: string }) => message);
  if (lines?.join('\n') !== linesOf(run).join('\n')) return `the log of job ${id}`;
  const [artifact] = artifacts as readonly number[];
  const contents = await read(`/artifacts/${artifact}/contents`);
  return contents === rowsOf(run) ? undefined : `the artifact of job ${id}: ${contents}`;
}

const spread = <T>(all: readonly T[], count: number): readonly T[] =>
  Array.from({ length: Math.min(count, all.length) }, (_, at) =>
    all.at(Math.floor((at * all.length) / Math.min(count, all.length))),
  ).filter((each) => each !== undefined);

/** Reads back what `submitted` jobs left. */
export async function verify(cluster: Cluster, submitted: number): Promise<Verified> {
  const { jobs, lines, messages } = countRows(cluster.folder);
  const finished = jobs.filter(({ state }) => state === 'finished');
  const told = new Set(cluster.progress.jobs.map(({ jobId }) => jobId));
  const tries = jobs.reduce((sum, { attempt }) => sum + Number(attempt), 0);
  const artifacts = jobs.reduce((sum, job) => sum + ((job.artifacts as [])?.length ?? 0), 0);
  const faults: string[] = [...new Set(cluster.progress.troubles)].slice(0, 10);
  const chosen = spread(finished, SAMPLE);
  for (const job of chosen) {
    const fault = await sampleFault(cluster, job);
    if (fault !== undefined) faults.push(fault);
  }
  const counts = {
    finished: finished.length,
    lines,
    artifacts,
    lost: submitted - finished.length,
    repeated: Math.max(tries - jobs.length, cluster.progress.jobs.length - told.size),
    messages,
  };
  const wanted = { finished: submitted, lines: submitted * LINES, artifacts: submitted };
  for (const [name, count] of Object.entries({ ...wanted, lost: 0, repeated: 0, messages: 0 })) {
    const found = counts[name as keyof typeof counts];
    if (found !== count) faults.push(`${name}: ${found} instead of ${count}`);
  }
  return { ...counts, sampled: chosen.length, faults };
}

/** Megabytes of the files of SQLite, with what is in their logs. */
export const fileSizes = (folder: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    ['.', 'blobs'].flatMap((place) =>
      readdirSync(join(folder, place))
        .filter((name) => /\.sqlite(-wal)?$/.test(name))
        .map((name) => [name, Math.round(statSync(join(folder, place, name)).size / MB)]),
    ),
  );
