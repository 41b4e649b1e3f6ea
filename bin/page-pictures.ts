import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { runLocalStack } from '../local/run.ts';

/*
 * Makes the pictures of docs/manager.uk.md anew, from the page as it runs: npm run manager:pictures. CHROMIUM says where
 * the browser is, if it is not /usr/bin/chromium.
 */

const FOLDER = fileURLToPath(new URL('../docs/manager/', import.meta.url));
const sample = {
  source: 'telegram',
  customer: { name: 'Олена Коваленко', phone: '067 123 45 67' },
  delivery: { method: 'nova_poshta', city: 'Київ', address: 'Відділення №1' },
  items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
  payment_method: 'mono',
};

const stack = await runLocalStack();
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  const post = (external_id: string, changes: object = {}) =>
    fetch(`${stack.api}/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
      body: JSON.stringify({ ...sample, ...changes, external_id }),
    });
  for (let number = 1038; number < 1042; number += 1) await post(String(number));
  await post('1042', { items: [{ ...sample.items[0], sku: 'UNKNOWN-1' }] });

  const context = await browser.newContext({ viewport: { width: 720, height: 560 }, locale: 'uk-UA' });
  // The page as a shop has it: without the workshop, which is of this machine only.
  await context.route('**/workshop/**', (route) => route.abort());
  const page = await context.newPage();
  const shoot = (name: string) => page.screenshot({ path: `${FOLDER}${name}.png`, fullPage: true });
  await page.goto(`${stack.page}/manager`);
  await page.getByLabel('Ваш ключ доступу').waitFor();
  await shoot('enter');
  await page.getByLabel('Ваш ключ доступу').fill('manager');
  await page.getByRole('button', { name: 'Увійти' }).click();
  await page.locator('.orders a', { hasText: '1042' }).waitFor();
  await shoot('overview');
  await page.getByRole('link', { name: '1042' }).click();
  await page.getByRole('button', { name: 'Виправити й надіслати' }).waitFor();
  await shoot('order');
  await page.getByRole('button', { name: 'Виправити й надіслати' }).click();
  await page.getByLabel('Рядок 1: Артикул').fill('DRESS-RED-116');
  await page.getByRole('button', { name: 'Показати, що отримає CRM' }).click();
  await page.locator('form.correction pre').waitFor();
  await shoot('correction');
} finally {
  await browser.close();
  await stack.stop();
}
