import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

const run = promisify(execFile);
const docs = fileURLToPath(new URL('../', import.meta.url));
const site = mkdtempSync(join(tmpdir(), 'pgque-docs-'));
afterAll(() => rmSync(site, { recursive: true, force: true }));

/** Debian's, or the one that is named. */
const browserPath = process.env['PGQUE_TEST_BROWSER'] ?? '/usr/bin/chromium';

test('what is generated is what the sources say', async () => {
  await run(process.execPath, [join(docs, 'scripts/generate-reference.ts'), '--check']);
});

test('the site builds, without dead links', { timeout: 120_000 }, async () => {
  await run(join(docs, 'node_modules/.bin/vitepress'), ['build', '--outDir', site], { cwd: docs });
  expect(existsSync(join(site, 'guide/tutorial.html'))).toBe(true);
});

test.each([
  ['a phone', 390, 844],
  ['a desk', 1440, 900],
])(
  'on the width of %s each page is there, and none has to be moved sideways',
  { timeout: 120_000 },
  async (_, width, height) => {
    if (!existsSync(browserPath)) {
      throw new Error(
        `there is no browser at ${browserPath}: install Debian's chromium, or name one in PGQUE_TEST_BROWSER`,
      );
    }
    await using server = await serve();
    const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width, height } });
      const failures: string[] = [];
      page.on('pageerror', (error) => failures.push(String(error)));
      page.on(
        'response',
        (response) => response.status() >= 400 && failures.push(`${response.status()} ${response.url()}`),
      );
      for (const path of [
        '',
        'guide/tutorial',
        'guide/comparison',
        'operations/monitoring',
        'reference/functions',
        'reference/errors',
      ]) {
        await page.goto(`${server.url}/${path}`, { waitUntil: 'networkidle' });
        expect(await page.locator('h1').first().isVisible(), path).toBe(true);
        expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(width);
        const picture = await page.screenshot();
        // A page without text is some thousand bytes.
        expect(picture.length, path).toBeGreaterThan(15_000);
      }
      expect(failures).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The site as a web server with clean addresses gives it. */
async function serve(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(new URL(url, 'http://site').pathname);
    const file = [path, `${path}.html`, join(path, 'index.html')]
      .map((each) => join(site, each))
      .find((each) => existsSync(each) && extname(each) !== '');
    response.writeHead(file ? 200 : 404, { 'content-type': types[extname(file ?? '')] ?? 'application/octet-stream' });
    response.end(file ? readFileSync(file) : undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
