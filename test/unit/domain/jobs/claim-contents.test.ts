import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Json } from '../../../support/app.ts';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const GRAPH = `work:
  ?HOW:
    ?outputs: [rows]
    slow: { work: { lines: $lines, seconds: $seconds } }
    fast: { work: { lines: $lines, seconds: 0.0 } }
`;

/** Changes the trial entrypoint in some of its fields. */
async function change(fields: object): Promise<void> {
  const path = `/api/v1/entrypoints/${bench.setup.entrypoint}`;
  const { body: now } = await bench.alice.get(path);
  const snapshots = (list: Json) => list.map(({ snapshotId }: Json) => snapshotId);
  const answer = await bench.alice.put(path, {
    name: now.name,
    taskGraph: now.taskGraph,
    artifactGraph: now.artifactGraph,
    parameters: now.parameters,
    queues: now.queues.map(({ id }: Json) => id),
    pluginSnapshotIds: snapshots(now.plugins),
    artifactPluginSnapshotIds: snapshots(now.artifactPlugins),
    ...fields,
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

it('gives a worker the chosen task alone, also in a later attempt', async () => {
  await change({ taskGraph: GRAPH });
  const swaps = [{ swap_name: 'HOW', task_alias: 'fast' }];
  const first = await bench.start({ swaps });
  await first.release();
  const second = await bench.hold(first.claim.jobId, 2);

  for (const { claim } of [first, second]) {
    const { graph, parameters } = JSON.parse(claim.config);
    expect(Object.keys(graph.work['?HOW'])).toEqual(['?outputs', 'fast']);
    expect(Object.keys(parameters)).toEqual(['lines']);
    expect(JSON.parse(claim.parameters)).toEqual({ lines: 20 });
    // The float must stay one for the engine.
    expect(claim.config).toContain('"seconds":0.0');
  }
});

it('names no bundle of artifact plugins where there are none', async () => {
  await change({ taskGraph: 'work:\n  work:\n    lines: 1\n    seconds: 0.0\n' });
  const before = await bench.start();
  await change({ artifactGraph: '', artifactPluginSnapshotIds: [] });
  const { claim } = await bench.start();

  expect(before.claim.artifactPluginsBundlePath).toMatch(/artifactPlugins\/bundle/);
  expect(claim).toMatchObject({ artifactPluginsBundlePath: null });
});
