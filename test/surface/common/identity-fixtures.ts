import type { Client } from '../../support/app.ts';
import type { Fixtures } from './fixture.ts';
import { expectOk, post, type World } from './world.ts';

const READS = {
  read: true,
  write: false,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
};
const GROUP = ({ group }: World) => ({ id: group.id });
const named = ({ name }: World) => ({ name: name() });
const newUser = ({ app }: World) => app.newUser();

const passwordChange = ({ owner }: World) => ({
  oldPassword: owner.password,
  // Refused, so that the user stays signed in.
  newPassword: owner.password,
  confirmNewPassword: owner.password,
});

/** Somebody new in the group, to be changed or taken out. */
async function newMember(world: World) {
  const user = await world.app.newUser();
  await world.app.join(user, world.group, { read: true });
  return { id: world.group.id, userId: user.id };
}

async function newServiceAccount({ owner, group, name }: World) {
  const path = `/groups/${group.id}/serviceAccounts`;
  return { id: group.id, accountId: (await post(owner, path, { username: name() })).id };
}

const invite = ({ owner, group }: World) =>
  post(owner, `/groups/${group.id}/invitations`, { permissions: READS });

/** Somebody in a group of somebody else's, which they may leave. */
async function newLeaver(world: World): Promise<Client> {
  const user = await world.app.newUser();
  await world.app.join(user, world.group, { read: true });
  return user;
}

const users: Fixtures = {
  // Without the cookie of the owner, whose session it would replace.
  login: {
    as: async ({ app }) => app.client(),
    body: ({ owner: { username, password } }) => ({ username, password }),
  },
  logout: { own: true, as: newUser },
  registerUser: {
    body: ({ name }) => {
      const username = name();
      const email = `${username}@assay.test`;
      return { username, email, password: 'long enough', confirmPassword: 'long enough' };
    },
  },
  listUsers: {},
  getCurrentUser: { own: true },
  changeCurrentUser: {
    own: true,
    as: newUser,
    body: ({ name }) => ({ username: name(), email: `${name()}@assay.test` }),
  },
  // Refused, so that whoever calls it is still there.
  deleteCurrentUser: { own: true, body: () => ({ password: 'wrong' }), status: 401 },
  changePassword: { own: true, body: passwordChange, status: 403 },
  changePasswordOf: {
    own: true,
    params: ({ owner }) => ({ id: owner.id }),
    body: passwordChange,
    status: 403,
  },
  getUser: { params: ({ owner }) => ({ id: owner.id }), own: true },
  listTokens: { own: true },
  createToken: { own: true, body: named },
  revokeToken: { params: async ({ owner }) => ({ tokenId: (await owner.newToken()).id }) },
};

const groups: Fixtures = {
  listGroups: {},
  createGroup: { own: true, body: named },
  getGroup: { params: GROUP },
  renameGroup: { managers: true, params: GROUP, body: named },
  addGroupMember: {
    managers: true,
    params: GROUP,
    body: async ({ app }) => ({ user: (await app.newUser()).id, permissions: READS }),
  },
  changeGroupMember: { managers: true, params: newMember, body: () => ({ permissions: READS }) },
  removeGroupMember: { managers: true, params: newMember },
  leaveGroup: { params: GROUP, as: newLeaver, anyMember: true },
  joinGroup: {
    own: true,
    as: newUser,
    body: async (world) => ({ invitation: (await invite(world)).token }),
  },
  getGroupLimits: { params: GROUP },
  measureGroupStorage: { params: GROUP },
  getGroupOverview: { params: GROUP, query: () => 'since=2026-01-02T03:04:05Z' },
  setGroupLimits: { administrators: true, params: GROUP, body: () => ({ runningJobs: 1_000 }) },
  listGroupInvitations: { managers: true, params: GROUP },
  createGroupInvitation: {
    managers: true,
    params: GROUP,
    body: () => ({ permissions: READS, days: 1 }),
  },
  revokeGroupInvitation: {
    managers: true,
    params: async (world) => ({ id: world.group.id, invitationId: (await invite(world)).id }),
  },
};

const serviceAccounts: Fixtures = {
  listServiceAccounts: { managers: true, params: GROUP },
  createServiceAccount: {
    managers: true,
    params: GROUP,
    body: ({ name }) => ({ username: name() }),
  },
  deleteServiceAccount: { managers: true, params: newServiceAccount },
  listServiceTokens: { managers: true, params: newServiceAccount },
  createServiceToken: { managers: true, params: newServiceAccount, body: named },
  revokeServiceToken: {
    managers: true,
    params: async (world) => {
      const ids = await newServiceAccount(world);
      const path = `/api/v1/groups/${ids.id}/serviceAccounts/${ids.accountId}/tokens`;
      return { ...ids, tokenId: expectOk(await world.owner.post(path, { name: 'ci' })).id };
    },
  },
};

export const identityFixtures: Fixtures = { ...users, ...groups, ...serviceAccounts };
