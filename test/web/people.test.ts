/** The people of a group, its trail, and administration, as people use them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/accounts.ts';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, FIRST, openDashboard } from './dashboard.ts';
import { HOSTILE, newAccount, newGroup, shownSecret, widthOf } from './forms.ts';

let dashboard: Dashboard;
describe.runIf(hasBrowser())('people', () => {
  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterEach(() => expect(dashboard.trouble()).toEqual([]));
  afterAll(() => dashboard.close());

  it('shows a group of others as one that there is not', async () => {
    const { id } = await newGroup(dashboard, 'of others', await newAccount(dashboard));
    const { page } = await dashboard.visit(`/${id}/people`);
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    expect(await page.title()).toContain('Not found');
    dashboard.trouble();
  });

  it('takes nothing from an address that it does not know', async () => {
    const { page } = await dashboard.visit('/1/people?tab={"a":1}&tab2=["<img src=x>"]');
    await page.getByRole('cell', { name: FIRST }).first().waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('invites a stranger, who makes an account on a phone', async () => {
    const { id } = await newGroup(dashboard, 'for guests');
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
    const name = await newAccount(dashboard);
    const { id } = await newGroup(dashboard, 'comes and goes');
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
    await guest.page.getByText('owners and administrators change it').waitFor();
    expect(await guest.page.getByRole('button', { name: 'Add somebody' }).count()).toBe(0);

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
    await guest.page.close();

    await row.getByRole('button', { name: /Actions/ }).click();
    await page.getByRole('button', { name: 'Take out of the group' }).click();
    await page.getByRole('button', { name: 'Take out', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('makes a service account whose token is good in its group, until it is revoked', async () => {
    const { id } = await newGroup(dashboard, 'of machines');
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

  it('shows the trail, filters and saves it', async () => {
    const { id } = await newGroup(dashboard, 'with a trail');
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
    await page.locator('td.number', { hasText: /^3$/ }).waitFor();

    await page.getByRole('link', { name: 'Worker tokens' }).click();
    await page.getByRole('button', { name: 'New worker token' }).click();
    await page.getByLabel('Pool').fill('default');
    await page.getByRole('button', { name: 'Make the token' }).click();
    await page.getByText('npm run worker -- --url').waitFor();
    expect(await shownSecret(page)).toMatch(/^asw_/);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: /^Revoke/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('No worker tokens yet').waitFor();

    const { page: others } = await dashboard.visit('/admin', { as: await newAccount(dashboard) });
    await others.getByText('Only administrators see this').waitFor();
  });
});
