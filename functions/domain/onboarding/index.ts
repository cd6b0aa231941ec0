export { createGroup } from './create-group.ts';
export { registerUser } from './register-user.ts';
