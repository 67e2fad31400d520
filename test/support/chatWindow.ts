import type { Locator, Page } from 'playwright-core';

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Your question' });
export const sendButton = (page: Page): Locator => page.getByRole('button', { name: 'Send', exact: true });
export const answerEnd = (page: Page, nth = 0): Locator => page.getByRole('button', { name: 'Copy the answer' }).nth(nth);
export const rowOf = (page: Page, text: string): Locator => page.locator('[data-row]').filter({ hasText: text });

export async function chooseModel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Model:/ }).click();
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: new RegExp(`^Model: ?${name}`) }).waitFor();
}

/** Asks in the window and waits for the answer. */
export async function ask(page: Page, question: string, { timeoutMs = 30_000 } = {}): Promise<void> {
  const before = await page.getByRole('button', { name: 'Copy the answer' }).count();
  await composer(page).fill(question);
  await composer(page).press('Enter');
  await answerEnd(page, before).waitFor({ timeout: timeoutMs });
}
