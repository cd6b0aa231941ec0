import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser } from '../support/browser.ts';
import { type Dashboard, openDashboard, seriousFindings } from './dashboard.ts';

const PROJECT = '/api/projects/1';

interface Flag {
  readonly id: number;
  readonly active: boolean;
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

describe.runIf(hasBrowser())('feature flags in the dashboard', () => {
  let dashboard: Dashboard;
  const flagOf = (id: number) => dashboard.api<Flag>('GET', `${PROJECT}/feature_flags/${id}`);

  beforeAll(async () => {
    dashboard = await openDashboard();
  });
  afterAll(() => dashboard.close());
  afterEach(() => expect(dashboard.trouble()).toEqual([]));

  test('are made with conditions and payloads, found, and switched off and on', async () => {
    const { page } = await dashboard.visit('/1/flags');
    await page.getByText('No feature flags yet').waitFor();
    await page.getByRole('link', { name: 'New flag' }).click();
    await page.getByLabel('Key', { exact: true }).fill('banner');
    await page.getByLabel('When it is on').fill('{"text":');
    await press(page, 'Make the flag');
    await page.getByRole('alert').filter({ hasText: 'payload of true' }).waitFor();
    await page.getByLabel('When it is on').fill('{"text": "Hello"}');
    await press(page, '+ Condition on a property');
    await page.getByLabel('Condition 1: property').fill('country');
    await page.getByLabel('Condition 1: value').fill('DE, FR');
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'Make the flag');
    await page.getByRole('heading', { level: 1, name: 'banner' }).waitFor();
    await page.locator('pre').getByText('/flags?v=2').waitFor();

    await page.getByRole('link', { name: 'Feature flags' }).first().click();
    const row = page.getByRole('row').filter({ hasText: 'banner' });
    expect(await row.textContent()).toContain('100% of those who fit');
    const on = page.getByRole('switch', { name: 'banner is on' });
    await on.click();
    await page.getByText('banner is off.').waitFor();
    expect((await flagOf(1)).active).toBe(false);
    await on.click();
    await page.getByText('banner is on.').waitFor();
    expect((await flagOf(1)).active).toBe(true);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('are asked what they are for somebody, and why', async () => {
    const { page } = await dashboard.visit('/1/flags/test?id=somebody');
    const row = page.getByRole('row').filter({ hasText: 'banner' });
    await row.getByText('fits none of the sets').waitFor();
    await page.getByLabel('Properties of the person (JSON)').fill('{"country": "FR"}');
    await press(page, 'Ask');
    await row.getByText('fits set 1 and is in its share').waitFor();
    expect(await row.textContent()).toContain('{"text": "Hello"}');
    expect(await seriousFindings(page)).toEqual([]);
  });

  test('send what was changed alone', async () => {
    const { page } = await dashboard.visit('/1/flags/1');
    await page.getByLabel('Share of those who fit, in %').fill('25');
    await page.getByText('Changes: filters').waitFor();
    await press(page, 'Save');
    await page.getByText('banner was changed.').waitFor();
    await page.getByText('25% of those who fit').waitFor();
    await page.getByText('Nothing is changed.').waitFor();
  });

  test('change by approval where a policy wants it', async () => {
    const { page } = await dashboard.visit('/1/change-requests');
    await press(page, 'Make a policy');
    await page.getByLabel('Who asks for a change may approve it, too').check();
    await press(page, 'Save the policy');
    await page.getByText('Every change of a flag needs 1 approval').waitFor();
    expect(await seriousFindings(page)).toEqual([]);

    await page.getByRole('link', { name: 'Feature flags' }).click();
    await page.getByRole('link', { name: 'banner' }).click();
    await page.getByLabel('Description').fill('Watched over');
    await press(page, 'Save');
    await page.getByText('This change waits for approval.').waitFor();
    // What the browser itself tells of the answer that says so.
    expect(dashboard.trouble()).toEqual([expect.stringContaining('409')]);
    await page.getByRole('link', { name: 'change request 1' }).click();
    const change = page.getByRole('row').filter({ hasText: 'Watched over' });
    expect(await change.textContent()).toMatch(/Description–Watched over/);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Reason').fill('Fine with me.');
    await press(page, 'Approve');
    await page.getByText('Approved: the flag was changed.').waitFor();
    await page.getByText('Fine with me.').waitFor();
    await page.getByRole('link', { name: 'banner' }).click();
    expect(await page.getByLabel('Description').inputValue()).toBe('Watched over');
  });

  test('whoever asked may not approve, and takes the request back', async () => {
    const policy = { approver_config: { users: [], quorum: 1 }, allow_self_approve: false };
    await dashboard.api('PUT', `${PROJECT}/approval_policies`, policy);
    const { page } = await dashboard.visit('/1/flags');
    await page.getByRole('switch', { name: 'banner is on' }).click();
    await page.getByText('That waits for approval: change request 2.').waitFor();
    expect(dashboard.trouble()).toEqual([expect.stringContaining('409')]);
    expect(await page.getByRole('switch', { name: 'banner is on' }).isChecked()).toBe(true);
    await page.goto(`${dashboard.url}/ui/1/change-requests/2`);
    await page.getByText('You asked for it; others decide.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await press(page, 'Take the request back');
    await page.getByText('Taken back', { exact: true }).waitFor();
    await dashboard.api('DELETE', `${PROJECT}/approval_policies`);
  });

  test('are only read by who may only read, who is told so', async () => {
    await dashboard.account('reader');
    const { id: group } = await dashboard.api<{ id: number }>('POST', '/api/v1/groups', {
      name: 'read-only',
    });
    const { data } = await dashboard.api<{ data: readonly { id: number; username: string }[] }>(
      'GET',
      '/api/v1/users?search=username:reader',
    );
    const user = data.find(({ username }) => username === 'reader')?.id;
    const permissions = { read: true };
    await dashboard.api('POST', `/api/v1/groups/${group}/members`, { user, permissions });
    const flag = { key: 'theirs', active: true };
    await dashboard.api('POST', `/api/projects/${group}/feature_flags`, flag);
    const { page } = await dashboard.visit(`/${group}/flags`, { as: 'reader' });
    expect(await page.getByRole('switch', { name: 'theirs is on' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'theirs' }).click();
    await page.getByText('You may only read in this group.').waitFor();
    await page.getByRole('link', { name: 'Change requests' }).first().click();
    const policy = page.getByRole('button', { name: 'Make a policy' });
    await policy.waitFor();
    expect(await policy.isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Holdouts' }).click();
    expect(await page.getByRole('button', { name: 'New holdout' }).isDisabled()).toBe(true);
  });

  test('fit a narrow screen', async () => {
    const { page } = await dashboard.visit('/1/flags/1', { viewport: { width: 390, height: 800 } });
    await page.getByLabel('Share of those who fit, in %').waitFor();
    const outside = await page
      .locator('main')
      .evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(outside).toBe(0);
  });
});
