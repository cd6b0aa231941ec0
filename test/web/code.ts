import type { Page } from 'playwright-core';

/** Replaces the text of an editor by its label, as somebody who types it. */
export async function typeCode(page: Page, label: string, code: string): Promise<void> {
  const editor = page.getByRole('textbox', { name: label, exact: true });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(code);
}
