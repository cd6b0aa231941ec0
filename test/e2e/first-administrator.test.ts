import { describe, expect, inject, it } from 'vitest';
import * as z from 'zod';

const { url, user, outputs } = inject('deployment');
const basic = Buffer.from(`${user.username}:${user.password}`).toString('base64');

const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const asAdministrator = { authorization: `Basic ${basic}` };
const account = (username: string, invitation: string | undefined) => ({
  username,
  email: `${username}@assay.test`,
  password: 'a long password',
  confirmPassword: 'a long password',
  invitation,
});

describe('the first administrator of a stack', () => {
  it('came in by the command that the stack put out, which is good once', async () => {
    const [, invitation] = /"invitation":"(asi_[\w-]{43})"/.exec(outputs.FirstAdmin) ?? [];
    const again = await post('/users', account('second-use', invitation));
    const token = await post('/workerTokens', { pool: 'default' }, asAdministrator);

    expect(outputs.FirstAdmin).toMatch(/^curl -X POST https?:\/\/\S+\/api\/v1\/users /);
    expect(again.status).toBe(403);
    expect(await again.json()).toMatchObject({ error: 'UserInvitationInvalidError' });
    expect(token.status).toBe(200);
  });

  it('is nobody while the command is not filled in', async () => {
    const [, body = ''] = /-d '(.+)'$/.exec(outputs.FirstAdmin) ?? [];
    const refused = await post('/users', JSON.parse(body));

    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      message: 'Bad Request - The two passwords differ.',
    });
  });

  it('invites people; an invitation makes one account, however many use it at once', async () => {
    const made = await post('/invitations', {}, asAdministrator);
    const { token } = z.object({ token: z.string() }).parse(await made.json());
    const name = `guest-${token.slice(4, 12).replaceAll(/\W/g, 'x')}`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => post('/users', account(`${name}-${at}`, token))),
    );

    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 403)).toHaveLength(7);
  });
});
