import { createHash } from 'node:crypto';
import { workerRoutes } from '#surfaces/worker/dialect.ts';
import type { Client } from '../../support/app.ts';
import type { Fixture, Fixtures } from '../common/fixture.ts';
import { commonTests } from '../common/matrix.ts';
import { claimJob, newJob, type World } from '../common/world.ts';

const worker = async ({ app }: World): Promise<Client> => app.bearer(await app.newWorkerToken());
const fence = ({ claim }: World) => ({ attempt: claim.attempt, lease: claim.lease });
const line = { severity: 'INFO', logger: 'test', message: 'hello', time: 1 };

const SUM = createHash('sha256').update('abc').digest('base64');
let uploads = 0;

/** An upload in parts of the claimed attempt. */
async function openUpload(world: World) {
  uploads += 1;
  const path = `large-${uploads}.bin`;
  const key = `runs/${world.claim.runId}/artifacts/${path}`;
  const uploadId = await world.app.platform.blobs.startUpload(key, { checksums: true });
  return { ...fence(world), path, uploadId };
}

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
  getOpenApiDocument: {},
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
  signUploadParts: {
    as: worker,
    params: ({ job }) => ({ jobId: job }),
    body: async (world) => ({ ...(await openUpload(world)), size: 3, first: 1, sha256: [SUM] }),
  },
  completeUpload: {
    as: worker,
    params: ({ job }) => ({ jobId: job }),
    body: async (world) => {
      const upload = await openUpload(world);
      const key = `runs/${world.claim.runId}/artifacts/${upload.path}`;
      const { blobs } = world.app.platform;
      const bound = { expiresIn: 60, length: 3, sha256: SUM };
      const { url, headers } = await blobs.signPart(key, upload.uploadId, 1, bound);
      const put = new Request(url, { method: 'PUT', headers, body: 'abc' });
      const etag = (await blobs.handleRequest(put)).headers.get('etag');
      return { ...upload, parts: [{ partNumber: 1, etag, sha256: SUM }] };
    },
  },
  abortUpload: { as: worker, params: ({ job }) => ({ jobId: job }), body: openUpload },
  checkUpload: {
    as: worker,
    params: ({ job }) => ({ jobId: job }),
    body: async (world) => {
      const { blobs } = world.app.platform;
      const key = `runs/${world.claim.runId}/artifacts/checked.txt`;
      const bound = { expiresIn: 60, length: 3, sha256: SUM };
      const { url, headers } = await blobs.signPut(key, bound);
      await blobs.handleRequest(new Request(url, { method: 'PUT', headers, body: 'abc' }));
      return { ...fence(world), path: 'checked.txt', size: 3, sha256: SUM };
    },
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
