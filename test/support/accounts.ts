import { createOperatorInvitation } from '#domain/identity/index.ts';
import type { Client, TestApp } from './app.ts';

export const PASSWORD = 'a long password';

/** What makes an account, with more or other fields. */
export const account = (username: string, more: object = {}) => ({
  username,
  email: `${username}@assay.test`,
  password: PASSWORD,
  confirmPassword: PASSWORD,
  ...more,
});

export const basic = (app: TestApp, username: string, password = PASSWORD): Client =>
  app.client({
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  });

/** The text of an invitation that makes an administrator. */
export const operatorInvitation = async (app: TestApp): Promise<string> =>
  (await createOperatorInvitation(app.system)).token;

/** Somebody who came in by the operator's invitation, in whatever mode. */
export async function newAdministrator(app: TestApp, username = 'root'): Promise<Client> {
  const invitation = await operatorInvitation(app);
  const { status, text } = await app
    .client()
    .post('/api/v1/users', account(username, { invitation }));
  if (status !== 200) throw new Error(`${status}: ${text}`);
  return basic(app, username);
}
