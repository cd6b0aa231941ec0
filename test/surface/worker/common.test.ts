import { workerRoutes } from '#surfaces/worker/dialect.ts';
import type { Client } from '../../support/app.ts';
import type { Fixture, Fixtures } from '../common/fixture.ts';
import { commonTests } from '../common/matrix.ts';
import { claimJob, newJob, type World } from '../common/world.ts';

const worker = async ({ app }: World): Promise<Client> => app.bearer(await app.newWorkerToken());
const fence = ({ claim }: World) => ({ attempt: claim.attempt, lease: claim.lease });
const line = { severity: 'INFO', logger: 'test', message: 'hello', time: 1 };

/** A call about a job that the call itself may end. */
const ofNewClaim = (more: object = {}): Fixture => {
  const claims = new Map<number, object>();
  let latest = 0;
  return {
    as: worker,
    params: async (world) => {
      latest = await newJob(world);
      const { attempt, lease } = await claimJob(world.app, latest);
      claims.set(latest, { attempt, lease, ...more });
      return { jobId: latest };
    },
    body: () => claims.get(latest) ?? {},
  };
};

const fixtures: Fixtures = {
  claimJob: {
    as: worker,
    body: async (world) => ({
      pool: 'default',
      worker: 'w',
      jobId: await newJob(world),
      attempt: 1,
    }),
  },
  renewLease: { as: worker, params: ({ job }) => ({ jobId: job }), body: fence },
  appendWorkerLog: {
    as: worker,
    params: ({ job }) => ({ jobId: job }),
    body: (world) => ({ ...fence(world), first: 0, lines: [line] }),
  },
  signUploads: {
    as: worker,
    params: ({ job }) => ({ jobId: job }),
    body: (world) => ({ ...fence(world), files: [{ path: 'a.txt', size: 3 }] }),
  },
  finishJob: ofNewClaim({ outcome: 'finished' }),
  releaseJob: ofNewClaim(),
  retireWorker: { as: worker, body: () => ({}) },
};

commonTests({
  base: '/api/worker/v1',
  routes: workerRoutes,
  fixtures,
  isError: (body) => typeof body.code === 'string' && typeof body.message === 'string',
});
