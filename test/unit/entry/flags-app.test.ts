import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFlag } from '#domain/flags/index.ts';
import { findProject } from '#domain/projects/index.ts';
import { buildPublicApp } from '#entry/public-app.ts';
import { type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
let fetch: (path: string, init?: RequestInit) => Promise<Response>;
let token: string;
beforeAll(async () => {
  app = testApp();
  const own = buildPublicApp(app.platform, (work) => void work);
  fetch = async (path, init) => own.request(path, init);
  ({ token } = await findProject(app.system, 1));
  await createFlag(app.system, { groupId: 1, key: 'on' });
});
afterAll(() => app.close());

describe('the function of flags', () => {
  it('evaluates them', async () => {
    const body = JSON.stringify({ token, distinct_id: 'ann' });
    const response = await fetch('/flags/?v=2', { method: 'POST', body });

    expect(await response.json()).toMatchObject({ flags: { on: { enabled: true } } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('hands definitions to keys, and to nobody else', async () => {
    const user = await app.newUser();
    await app.join(user, { id: 1, name: 'public' }, { read: true });
    const { token: key } = await user.newToken(['feature_flag:read']);
    const path = `/flags/definitions?token=${token}`;
    const statuses = [];
    for (const authorization of [`Bearer ${key}`, 'Bearer wrong', `Basic ${btoa('a:b')}`, '']) {
      statuses.push((await fetch(path, { headers: { authorization } })).status);
    }

    expect(statuses).toEqual([200, 401, 401, 401]);
  });

  it.each(['/', '/health', '/api/v1/users', '/api/projects', '/flagsx'])(
    'has nothing at %s',
    async (path) => {
      expect((await fetch(path)).status).toBe(404);
    },
  );
});
