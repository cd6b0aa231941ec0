/** What tests of several pages do with forms. */
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/accounts.ts';
import { type Dashboard, FIRST } from './dashboard.ts';

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

interface Group {
  readonly id: number;
}

export const newGroup = ({ api }: Dashboard, name: string, as = FIRST): Promise<Group> =>
  api<Group>('POST', '/api/v1/groups', { name }, as);

let made = 0;

/** Somebody whom no other test knows. */
export async function newAccount({ account }: Dashboard): Promise<string> {
  made += 1;
  await account(`person-${made}`);
  return `person-${made}`;
}
