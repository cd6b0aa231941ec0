export { newGroupWrites, ownsMore } from './account.items.ts';
export { isAdministrator, requireAdministrator } from './administrators.ts';
export { authenticateToken, badCredentials } from './authenticate.ts';
export { authenticateBasic } from './authenticate-basic.ts';
export { changePassword } from './change-password.ts';
export { changeUser } from './change-user.ts';
export { createUser, type Join } from './create-user.ts';
export { deleteUser, removeUser } from './delete-user.ts';
export {
  acceptInvitation,
  createGroupInvitation,
  listGroupInvitations,
  revokeGroupInvitation,
} from './group-invitations.ts';
export { findOwnGroup, groupNameOf } from './group-name.ts';
export { changedMeanwhile, type GroupState, versionOfGroup } from './group-state.ts';
export {
  getGroup,
  groupCreatedOn,
  groupNameTaken,
  listGroups,
  renameGroup,
} from './groups.ts';
export { hashToken, type Profile } from './identity.items.ts';
export {
  type Admission,
  createInvitation,
  createOperatorInvitation,
  isOperated,
  listInvitations,
  readAdmission,
  revokeInvitation,
} from './invitations.ts';
export { getUser, listAccounts, listUsers } from './list-users.ts';
export { forgetUser, loadUser, renewedActor, usernamesOf, versionOfUser } from './load-user.ts';
export { addMember, changeMember, leaveGroup, removeMember } from './members.ts';
export type { Invitation } from './new-invitation.ts';
export {
  CREDENTIAL_CACHE_SECONDS,
  type Group,
  MEMBER_FLAGS,
  type Member,
  type NewUser,
  OWNER_FLAGS,
  PUBLIC_GROUP,
  type User,
} from './schemas.ts';
export {
  createServiceAccount,
  createServiceToken,
  deleteServiceAccount,
  listServiceAccounts,
  listServiceTokens,
  revokeServiceToken,
} from './service-accounts.ts';
export { endSession, startSession } from './sessions.ts';
export { createToken, listTokens, type PersonalToken, revokeToken } from './tokens.ts';
