import type { Fixtures } from './fixture.ts';
import { post } from './world.ts';

export const administratorFixtures: Fixtures = {
  redriveEvents: { administrators: true },
  listInvitations: { administrators: true },
  listWorkerTokens: { administrators: true },
  createWorkerToken: { administrators: true, body: () => ({ pool: 'default', name: 'mine' }) },
  revokeWorkerToken: {
    administrators: true,
    params: async ({ owner }) => ({
      workerTokenId: (await post(owner, '/workerTokens', { pool: 'default' })).id,
    }),
  },
  createInvitation: { administrators: true, body: () => ({ days: 1 }) },
  revokeInvitation: {
    administrators: true,
    params: async ({ owner }) => ({ invitationId: (await post(owner, '/invitations', {})).id }),
  },
};
