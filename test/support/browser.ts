import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'];

/** Where a Chromium is on this machine, or null. `WHEELHOUSE_CHROMIUM` names another. */
export function findChromium(): string | null {
  const named = process.env['WHEELHOUSE_CHROMIUM'];
  return [...(named ? [named] : []), ...candidates].find((path) => existsSync(path)) ?? null;
}

/** Starts Chromium without a window. Close it when done. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(`no Chromium was found at ${candidates.join(', ')}; set WHEELHOUSE_CHROMIUM`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'] });
}

/** A page whose own errors are collected; `failures` is empty while all is well. */
export interface WatchedPage { page: Page; failures: string[] }

interface PageOptions { width?: number; height?: number; colorScheme?: 'dark' | 'light' }

/** Opens a page and listens for faults of its scripts and for what its content security policy refuses. */
export async function openWatchedPage(browser: Browser, url: string, { width = 1440, height = 860, colorScheme = 'dark' }: PageOptions = {}): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  const failures: string[] = [];
  page.on('pageerror', (error) => { failures.push(error.stack ?? error.message); });
  page.on('console', (message) => {
    if (message.type() === 'error' && /security policy|Uncaught|React/i.test(message.text())) failures.push(message.text());
  });
  page.setDefaultTimeout(15_000);
  await page.goto(url);
  return { page, failures };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeViolation { id: string; impact: string | null; nodes: { html: string; any: { message: string }[] }[] }

/** What axe finds on the page once nothing fades in any more, one line per place; empty when it finds nothing. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  await page.evaluate('Promise.all(document.getAnimations().filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity).map((animation) => animation.finished))');
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const violations: AxeViolation[] = await page.evaluate('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)');
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html, any }) => `${impact ?? ''} ${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`));
}

/** Goes to an area by its link in the rail and waits until its heading is there. */
export async function openArea(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
}
