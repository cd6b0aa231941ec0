/** What people do with Swagger UI. */
import type { Locator, Page } from 'playwright-core';

/** Waits until the page shows the document at a path. */
export async function shows(page: Page, path: string): Promise<void> {
  await page.locator('.swagger-ui .info a', { hasText: path }).first().waitFor();
  await page.locator('.swagger-ui .opblock-tag').first().waitFor();
}

/** Chooses a document in the header of the page. */
export async function choose(page: Page, { name, path }: { name: string; path: string }) {
  await page.getByLabel('API', { exact: true }).selectOption(name);
  await shows(page, path);
}

/** Opens an operation for a call. */
export async function openForm(page: Page, tag: string, operationId: string): Promise<Locator> {
  const operation = page.locator(`[id="operations-${tag}-${operationId}"]`);
  if (!(await operation.isVisible())) await page.locator(`[id="operations-tag-${tag}"]`).click();
  await operation.locator('.opblock-summary-control').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  return operation;
}

/** Sends the example of an operation as it stands there; gives the status that the page then shows. */
export async function tryOut(page: Page, tag: string, operationId: string): Promise<string> {
  const operation = await openForm(page, tag, operationId);
  await operation.getByRole('button', { name: 'Execute' }).click();
  const status = operation.locator('.live-responses-table .response .response-col_status').first();
  return (await status.textContent())?.trim() ?? '';
}

/** Fills in a way to show who one is, by its description, in the dialog of the button "Authorize". */
export async function authorize(
  page: Page,
  description: string,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  await page.locator('.auth-wrapper .btn.authorize').first().click();
  const dialog = page.locator('.dialog-ux');
  const way = dialog.locator('.auth-container', { hasText: description });
  for (const [label, text] of Object.entries(fields)) await way.getByLabel(label).fill(text);
  await way.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.locator('.btn-done').first().click();
}
