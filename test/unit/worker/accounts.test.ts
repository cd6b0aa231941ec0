import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DONE, eventually, shell, startKit, type WorkerKit } from './kit.ts';
import type { ServedJob } from './protocol-server.ts';

let kit: WorkerKit;
beforeEach(async () => {
  kit = await startKit();
});
afterEach(async () => {
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const ended = (job: ServedJob) => () => job.finish !== undefined;
const USED = { cpuSeconds: 1.5, peakMemoryBytes: 1_000_000 };
const used = `echo '${JSON.stringify({ usage: USED })}' >&3`;
const at = (progress: number, message: string) =>
  `echo '${JSON.stringify({ progress, message })}' >&3`;

describe('what a job tells of itself', () => {
  it('goes with the heartbeats: how far it is, the latest once', async () => {
    const job = kit.server.addJob();
    const child = `${at(0.1, 'old')}; ${at(0.25, 'epoch 1')}; sleep 0.9; ${at(1, '')}; sleep 0.7; ${DONE}`;

    await kit.runUntil(ended(job), shell(child));

    expect(job.progress.at(-1)).toEqual({ fraction: 1, message: '' });
    expect(job.progress).toContainEqual({ fraction: 0.25, message: 'epoch 1' });
    expect(job.progress.length).toBeLessThanOrEqual(3);
    expect(job.heartbeats).toBeGreaterThan(job.progress.length);
  });

  it('is told again when the heartbeat that had it failed', async () => {
    const job = kit.server.addJob();
    const told: number[] = [];
    kit.server.fault = ({ verb, count }) => {
      if (verb === 'heartbeat') told.push(count);
      return verb === 'heartbeat' && count <= 2 ? 'drop-request' : undefined;
    };

    await kit.runUntil(
      () => job.progress.length > 0,
      shell(`${at(0.5, 'half')}; sleep 3; ${DONE}`),
    );

    expect(told.length).toBeGreaterThan(2);
    expect(job.progress[0]).toEqual({ fraction: 0.5, message: 'half' });
  });

  it('goes with its end where no heartbeat came in between, however it ends', async () => {
    const seldom = { leaseSeconds: 60, heartbeatSeconds: 20 };
    const well = kit.server.addJob(seldom);
    const badly = kit.server.addJob(seldom);
    await kit.runUntil(ended(well), shell(`${at(0.3, 'old')}; ${at(1, 'done')}; ${DONE}`));
    await kit.runUntil(ended(badly), shell(`${at(0.3, 'epoch 3')}; exit 3`));

    expect(well.finish).toMatchObject({ progress: { fraction: 1, message: 'done' } });
    expect(badly.finish).toMatchObject({ progress: { fraction: 0.3, message: 'epoch 3' } });
  });

  it('includes what it used, with its end, however it ends', async () => {
    const well = kit.server.addJob();
    const badly = kit.server.addJob();
    const silent = kit.server.addJob();
    await kit.runUntil(ended(well), shell(`${used}; ${DONE}`));
    await kit.runUntil(ended(badly), shell(`${used}; exit 3`));
    await kit.runUntil(ended(silent), shell(DONE));

    expect(well.finish).toMatchObject({ outcome: 'finished', usage: USED });
    expect(badly.finish).toMatchObject({ outcome: 'failed', usage: USED });
    expect(silent.finish).not.toHaveProperty('usage');
  });
});

describe('the exit code of a job that failed', () => {
  const failing = async (child: string) => {
    const job = kit.server.addJob();
    await kit.runUntil(ended(job), shell(child));
    return job.finish;
  };

  it('is that of its process', async () => {
    expect(await failing('exit 75')).toMatchObject({ reason: 'runtime_error', exitCode: 75 });
  });

  it('counts a signal from 128 on', async () => {
    expect(await failing('kill -KILL $$')).toMatchObject({ exitCode: 137 });
  });

  it('is the one of its result, where that names one, and none where it does not', async () => {
    const says = (result: object) =>
      `printf '%s' '${JSON.stringify(result)}' > "$1/result.json"; exit 1`;

    const named = await failing(says({ status: 'failed', reason: 'lost', exitCode: 9 }));
    const unnamed = await failing(says({ status: 'failed', reason: 'lost' }));

    expect(named).toMatchObject({ reason: 'task_failed', message: 'lost', exitCode: 9 });
    expect(unnamed).not.toHaveProperty('exitCode');
  });

  it('is none where the job was cancelled', async () => {
    const job = kit.server.addJob();
    const running = kit.runUntil(ended(job), shell('echo ready; exec sleep 60'));
    await eventually(() => job.log.length > 0);
    job.cancel = true;
    await running;

    expect(job.finish).toMatchObject({ outcome: 'failed', reason: 'cancelled' });
    expect(job.finish).not.toHaveProperty('exitCode');
  });
});
