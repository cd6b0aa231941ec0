/** What tests of several pages do with forms. */
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/accounts.ts';

export async function signInBy(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: /^Sign in/ }).click();
}

/** A text that is shown once. */
export const shownSecret = async (page: Page): Promise<string> =>
  (await page.locator('dialog[open] pre').first().textContent()) ?? '';

export const widthOf = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth');

/** Right to left, markup, and as long as a name may be. */
export const HOSTILE = `שלום <img src=x onerror=alert(1)> "&'; ${'x'.repeat(100)}`;
