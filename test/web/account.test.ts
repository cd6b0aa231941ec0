/** Signing in, one's own account, and the frame around all pages. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard, seriousFindings } from './dashboard.ts';
import { HOSTILE, newAccount, newGroup, shownSecret, signInBy, widthOf } from './forms.ts';

let dashboard: Dashboard;
/** What the browser says of an answer that the page expects. */
const refused = (status: number) => expect.stringContaining(`status of ${status}`);

const focused = (page: Page): Promise<string | null> => page.locator(':focus').textContent();

describe.runIf(hasBrowser())('an account', () => {
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
    const name = await newAccount(dashboard);
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
    const name = await newAccount(dashboard);
    const { id } = await newGroup(dashboard, 'ends meanwhile', name);
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

  it('makes a token and a key, each shown once, and a new password that ends both', async () => {
    const name = await newAccount(dashboard);
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
    const name = await newAccount(dashboard);
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
      const { page } = await dashboard.visit('/sign-in', { as: null, colorScheme, viewport });
      await signInBy(page, FIRST);
      await page.waitForURL(`${dashboard.url}/ui/1`);
      await page.waitForLoadState('networkidle');
      for (const path of pages) {
        await page.goto(`${dashboard.url}/ui${path}`);
        await page.waitForLoadState('networkidle');
        found.push(...(await seriousFindings(page)).map((what) => `${path} ${what}`));
        const wide = await widthOf(page);
        if (wide > viewport.width) found.push(`${path} is ${wide} px wide`);
      }
    }
    expect(found).toEqual([]);
  });
});
