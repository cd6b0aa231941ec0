/** Signing in, accounts, the people of a group and its trail, as people use them. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard, seriousFindings } from './dashboard.ts';

/** Right to left, markup, and as long as a name may be. */
const HOSTILE = `שלום <img src=x onerror=alert(1)> "&'; ${'x'.repeat(100)}`;

let dashboard: Dashboard;
let made = 0;

interface Group {
  readonly id: number;
}
const newGroup = (name: string, as = FIRST): Promise<Group> =>
  dashboard.api<Group>('POST', '/api/v1/groups', { name }, as);

async function newAccount(): Promise<string> {
  made += 1;
  await dashboard.account(`person-${made}`);
  return `person-${made}`;
}

async function signInBy(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: /^Sign in/ }).click();
}

const shownSecret = async (page: Page): Promise<string> =>
  (await page.locator('dialog[open] pre').first().textContent()) ?? '';

const widthOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth');

const focused = (page: Page): Promise<string | null> => page.locator(':focus').textContent();

/** What the browser says of an answer that the page expects. */
const refused = (status: number) => expect.stringContaining(`status of ${status}`);

describe.runIf(hasBrowser())('people', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard.close());

  it('lets nobody in by a wrong password, and leads to no other site by a right one', async () => {
    const evil = encodeURIComponent('//evil.test/\\evil.test');
    const { page } = await dashboard.visit(`/sign-in?next=${evil}`, { as: null });
    await signInBy(page, FIRST, 'wrong');
    await page.getByRole('alert').getByText('Name or password is wrong').waitFor();
    expect(dashboard.trouble()).toEqual([refused(401)]);
    await signInBy(page, FIRST);
    await page.waitForURL(`${dashboard.url}/ui/1`);
  });

  it('makes whoever waits for too many wrong passwords wait', async () => {
    const name = await newAccount();
    const attempt = () =>
      fetch(`${dashboard.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: name, password: 'wrong' }),
      });
    while ((await attempt()).status !== 429);
    const { page } = await dashboard.visit('/sign-in', { as: null });
    await signInBy(page, name);
    await page.getByRole('button', { name: /in \d+ s/ }).waitFor();
    expect(await page.getByRole('button', { name: /in \d+ s/ }).isDisabled()).toBe(true);
    expect(dashboard.trouble()).toEqual([refused(429)]);
  });

  it('leads whoever is signed out to sign in, and back to where they were', async () => {
    const name = await newAccount();
    const { id } = await newGroup('ends meanwhile', name);
    const { page } = await dashboard.visit(`/${id}/people?tab=group`, { as: name });
    await page.getByRole('heading', { name: 'This group' }).waitFor();
    await dashboard.api('POST', '/api/v1/auth/logout?everywhere=true', undefined, name);
    await page.waitForTimeout(5_500);
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/')) asked += 1;
    });
    await page.getByRole('button', { name: 'Read it again' }).click();
    await page.waitForURL(/sign-in\?next=/);
    await page.waitForTimeout(2_000);
    expect(asked).toBeLessThan(8);
    dashboard.trouble();
    await signInBy(page, name);
    await page.waitForURL(`${dashboard.url}/ui/${id}/people?tab=group`);
    await page.getByRole('heading', { name: 'This group' }).waitFor();
  });

  it('shows a group of others as one that there is not', async () => {
    const { id } = await newGroup('of others', await newAccount());
    const { page } = await dashboard.visit(`/${id}/people`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    expect(await page.title()).toContain('Not found');
    dashboard.trouble();
  });

  it('invites a stranger, who makes an account on a phone', async () => {
    const { id } = await newGroup('for guests');
    const { page } = await dashboard.visit(`/${id}/people?tab=invitations`);
    await page.getByRole('button', { name: 'Invite somebody' }).click();
    await page.getByRole('button', { name: 'Make the invitation' }).click();
    const link = await shownSecret(page);
    await page.getByRole('button', { name: 'I have it' }).click();
    const guest = await dashboard.visit(link.slice(`${dashboard.url}/ui`.length), {
      as: null,
      viewport: { width: 390, height: 800 },
    });
    await guest.page.getByRole('heading', { name: 'Make an account' }).waitFor();
    expect(guest.page.url()).toBe(`${dashboard.url}/ui/register`);
    await guest.page.getByLabel('Name', { exact: true }).fill(HOSTILE);
    await guest.page.getByLabel('E-mail address').fill('guest@assay.test');
    await guest.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await guest.page.getByLabel('Password, once more').fill(PASSWORD);
    await guest.page.getByRole('button', { name: 'Make the account' }).click();
    await guest.page.waitForURL(`${dashboard.url}/ui/${id}`);
    await guest.page.locator('.person', { hasText: HOSTILE }).waitFor();
    expect(await widthOf(guest.page)).toBe(390);
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Read it again' }).click();
    await page.getByRole('cell', { name: HOSTILE }).first().waitFor();
    await page.getByRole('link', { name: 'Audit trail' }).click();
    await page.getByRole('heading', { name: 'Audit trail' }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('takes somebody in by an invitation, changes what they may, and takes them out', async () => {
    const name = await newAccount();
    const { id } = await newGroup('comes and goes');
    const { token } = await dashboard.api<{ token: string }>(
      'POST',
      `/api/v1/groups/${id}/invitations`,
      { permissions: { read: true }, days: 1 },
    );
    const guest = await dashboard.visit(`/register?invitation=${token}`, { as: null });
    await guest.page.getByLabel('Yes, take it into the group').check();
    await guest.page.getByLabel('Name', { exact: true }).fill(name);
    await guest.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await guest.page.getByRole('button', { name: 'Sign in and join' }).click();
    await guest.page.waitForURL(`${dashboard.url}/ui/${id}`);
    await guest.page.goto(`${dashboard.url}/ui/${id}/people`);
    expect(await guest.page.getByRole('button', { name: 'Add somebody' }).isDisabled()).toBe(true);

    const { page } = await dashboard.visit(`/${id}/people`);
    const row = page.getByRole('row', { name: new RegExp(name) });
    await row.getByText('Reader').waitFor();
    await row.getByRole('button', { name: /Actions/ }).click();
    await page.getByRole('button', { name: 'Change permissions' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Administrator' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Administrator').waitFor();

    // Who administers does not touch who owns.
    await guest.page.waitForTimeout(5_500);
    await guest.page.reload();
    await guest.page.getByRole('button', { name: `Actions for ${FIRST}` }).click();
    const change = guest.page.getByRole('button', { name: 'Change permissions' });
    expect(await change.isDisabled()).toBe(true);
    expect(await change.getAttribute('title')).toContain('“Own”');

    await row.getByRole('button', { name: /Actions/ }).click();
    await page.getByRole('button', { name: 'Take out of the group' }).click();
    await page.getByRole('button', { name: 'Take out', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('makes a service account whose token is good in its group, until it is revoked', async () => {
    const { id } = await newGroup('of machines');
    const { page } = await dashboard.visit(`/${id}/people?tab=accounts`);
    await page.getByRole('button', { name: 'New service account' }).click();
    await page.getByLabel('Name', { exact: true }).fill('builder');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByRole('button', { name: 'New token of builder' }).click();
    await page.getByLabel('Name', { exact: true }).fill('nightly');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.getByText('Copy it now').waitFor();
    const token = await shownSecret(page);
    const ask = () =>
      fetch(`${dashboard.url}/api/v1/groups/${id}`, {
        headers: { authorization: `Bearer ${token}` },
      }).then(({ status }) => status);
    expect(await ask()).toBe(200);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: 'Revoke nightly' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
    await page.getByText('It has no token').waitFor();
    await expect.poll(ask, { timeout: 10_000 }).toBe(401);
  });

  it('makes a token and a key, each shown once, and a new password that ends both', async () => {
    const name = await newAccount();
    const { page } = await dashboard.visit('/account?tab=tokens', { as: name });
    const make = async (label: string): Promise<string> => {
      await page.getByRole('button', { name: 'New token or key' }).click();
      await page.getByRole('radio', { name: label }).check();
      await page.getByLabel('Name', { exact: true }).fill(`${label} ${HOSTILE}`.slice(0, 40));
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.getByText('Copy it now').waitFor();
      const text = await shownSecret(page);
      await page.keyboard.press('Escape');
      return text;
    };
    const [token, key] = [await make('A personal token'), await make('A personal API key')];
    expect([token, key].map((text) => text.slice(0, 4))).toEqual(['asy_', 'phx_']);
    await page.reload();
    await page.getByRole('row').nth(2).waitFor();
    expect(await page.content()).not.toContain(token);
    const ask = (text: string) =>
      fetch(`${dashboard.url}/api/users/@me/`, { headers: { authorization: `Bearer ${text}` } });
    expect([(await ask(token)).status, (await ask(key)).status]).toEqual([200, 200]);

    await page.getByRole('link', { name: 'You', exact: true }).click();
    await page.getByLabel('Present password').fill(PASSWORD);
    await page.getByLabel('New password', { exact: true }).fill('quite another one');
    await page.getByLabel('New password, once more').fill('quite another');
    await page.getByText('The two differ.').waitFor();
    await page.getByLabel('New password, once more').fill('quite another one');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('every session has ended').waitFor();
    await expect.poll(async () => (await ask(token)).status, { timeout: 10_000 }).toBe(401);
    await signInBy(page, name, 'quite another one');
    await page.getByText('Nothing is changed.').waitFor();
    dashboard.trouble();
  });

  it('ends an account only with its password', async () => {
    const name = await newAccount();
    const { page } = await dashboard.visit('/account', { as: name });
    await page.getByRole('button', { name: 'End the account' }).click();
    await page.getByLabel('Your password').fill('wrong');
    await page.getByRole('button', { name: 'End my account for good' }).click();
    await page.getByRole('alert').getByText('The password is wrong').waitFor();
    expect(dashboard.trouble()).toEqual([refused(401)]);
    await page.getByLabel('Your password').fill(PASSWORD);
    await page.getByRole('button', { name: 'End my account for good' }).click();
    await page.waitForURL(/\/ui\/sign-in$/);
  });

  it('shows the trail, filters and saves it', async () => {
    const { id } = await newGroup('with a trail');
    await dashboard.api('POST', '/api/v1/queues', { group: id, name: 'traced' });
    const { page } = await dashboard.visit(`/${id}/audit`);
    await page.getByRole('button', { name: 'Create queue' }).waitFor();
    await page.getByLabel('Which').selectOption('queue');
    await page.waitForURL(/kind=queue/);
    await page.reload();
    await page.getByText('1 among the 2 newest').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: /as CSV/ }).click();
    expect((await saved).suggestedFilename()).toMatch(/^audit-.*\.csv$/);
    await page.getByRole('button', { name: 'Create queue' }).click();
    await page.getByRole('dialog').getByText('POST /api/v1/queues').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /^queue/ }).click();
    await page.waitForURL(`${dashboard.url}/ui/${id}/queues`);
  });

  it('gives administrators accounts, limits and worker tokens, and tells others why not', async () => {
    const { page } = await dashboard.visit('/admin');
    await page.getByRole('button', { name: 'Make an account' }).click();
    await page.getByLabel('Name', { exact: true }).fill('made');
    await page.getByLabel('E-mail address').fill('made@assay.test');
    await page.getByLabel('First password', { exact: true }).fill(PASSWORD);
    await page.getByLabel('First password, once more').fill(PASSWORD);
    await page.getByRole('dialog').getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('The account is made').waitFor();
    await page.getByLabel('Find').fill('made@');
    await page.getByRole('button', { name: 'End the account of made' }).click();
    await page.getByRole('button', { name: 'End the account for good' }).click();
    await page.getByText('The account has ended').waitFor();

    await page.getByRole('link', { name: 'Limits' }).click();
    await page.getByRole('button', { name: 'Change the limit of public' }).click();
    await page.getByLabel('Limit it').check();
    await page.getByLabel('At most, at a time').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: '3', exact: true }).waitFor();

    const { page: others } = await dashboard.visit('/admin', { as: await newAccount() });
    await others.getByText('Only administrators see this').waitFor();
  });
});

describe.runIf(hasBrowser())('the frame', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard.close());

  it('is for the keyboard, too', async () => {
    const { page } = await dashboard.visit('/1/people');
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('To the content');
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('content');
    await page.getByRole('link', { name: 'Audit trail' }).press('Enter');
    await expect.poll(() => focused(page)).toBe('Audit trail');
    await expect
      .poll(() => page.getByRole('status').first().textContent())
      .toBe('Audit trail – Assay');

    const menu = page.getByRole('button', { name: FIRST });
    await menu.press('ArrowDown');
    expect(await focused(page)).toBe('Your account and tokens');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toBe('Sign out');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toContain(FIRST);

    await page.goto(`${dashboard.url}/ui/account?tab=tokens`);
    const opener = page.getByRole('button', { name: 'New token or key' });
    await opener.press('Enter');
    expect(await page.locator(':focus').getAttribute('name')).toBe('kind');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('New token or key');
  });

  it('has nothing serious for axe, in both themes, wide and narrow', async () => {
    const pages = [
      '/account',
      '/account?tab=tokens',
      '/1/people',
      '/1/people?tab=group',
      '/1/audit',
      '/admin',
    ];
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: colorScheme === 'light' ? 1300 : 390, height: 900 };
      const { page } = await dashboard.visit('/account', { colorScheme, viewport });
      for (const path of pages) {
        await page.waitForLoadState('networkidle');
        await page.goto(`${dashboard.url}/ui${path}`, { waitUntil: 'networkidle' });
        found.push(...(await seriousFindings(page)).map((what) => `${path} ${what}`));
        const wide = await widthOf(page);
        if (wide > viewport.width) found.push(`${path} is ${wide} px wide`);
      }
    }
    expect(found).toEqual([]);
  });
});
