export { isAdministrator, requireAdministrator } from './administrators.ts';
export {
  authenticateBasic,
  authenticateToken,
  badCredentials,
} from './authenticate.ts';
export { changePassword } from './change-password.ts';
export { createUser } from './create-user.ts';
export { getGroup, groupNameOf, listGroups } from './groups.ts';
export { hashToken, newGroupWrites } from './identity.items.ts';
export {
  type Admission,
  createInvitation,
  createOperatorInvitation,
  type Invitation,
  isOperated,
  listInvitations,
  readAdmission,
  revokeInvitation,
} from './invitations.ts';
export { forgetUser, getUser, loadUser, usernamesOf } from './load-user.ts';
export {
  CREDENTIAL_CACHE_SECONDS,
  type Group,
  MEMBER_FLAGS,
  type NewUser,
  OWNER_FLAGS,
  PUBLIC_GROUP,
  type User,
} from './schemas.ts';
export { endSession, startSession } from './sessions.ts';
export { createToken, listTokens, type PersonalToken, revokeToken } from './tokens.ts';
