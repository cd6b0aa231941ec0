import type { Fixtures } from './fixture.ts';
import { newJob } from './world.ts';

/** Who changed what, and what cancels jobs. */
export const trailFixtures: Fixtures = {
  listGroupAudit: { params: ({ group }) => ({ id: group.id }), managers: true },
  listAudit: { administrators: true },
  cancelJob: { params: async (world) => ({ id: await newJob(world) }) },
  cancelExperimentJob: {
    params: async (world) => ({ id: world.experiment, jobId: await newJob(world) }),
  },
};
