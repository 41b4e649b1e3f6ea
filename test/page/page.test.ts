import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeadLetterQueue } from '../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { CONTENT_SECURITY_POLICY } from '../../lib/manager/page-files.ts';
import { type RunningStack, runLocalStack } from '../../local/run.ts';
import { CHROMIUM, startBrowser } from '../kit/browser.ts';
import { sampleOrder } from '../kit/orders.ts';
import { lettersOf } from '../kit/running-letters.ts';
import { until } from '../kit/until.ts';

if (CHROMIUM === undefined) {
  process.emitWarning(
    'The page is not tested: no Chromium here. Install it, or set CHROMIUM to where it is.',
  );
}

describe.skipIf(CHROMIUM === undefined)('the manager’s page', { timeout: 180_000 }, () => {
  let stack: RunningStack;
  let letters: DeadLetterQueue;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let elsewhere: string[];
  let errors: string[];
  let count = 0;

  beforeAll(async () => {
    stack = await runLocalStack();
    letters = await lettersOf(stack);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
  });
  beforeEach(async () => {
    elsewhere = [];
    errors = [];
    context = await browser.newContext({
      locale: 'uk-UA',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('request', (request) => {
      if (new URL(request.url()).host !== new URL(stack.page).host) elsewhere.push(request.url());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      // The browser itself says this of each answer that is a no.
      if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
        errors.push(message.text());
      }
    });
  });
  afterEach(async () => {
    expect(elsewhere).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
    await fetch(`${stack.sandbox}/_sandbox/faults`, { method: 'DELETE' });
  });

  const newId = () => {
    count += 1;
    return `page-${count}`;
  };
  const post = async (id: string, changes: object = {}) => {
    const response = await fetch(`${stack.api}/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
      body: JSON.stringify(sampleOrder(id, changes)),
    });
    expect(response.status).toBe(202);
  };
  const fault = (settings: object) =>
    fetch(`${stack.sandbox}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
    });
  const open = (at = '') => page.goto(`${stack.page}/manager${at}`);
  const state = (text: string) => page.locator('.state', { hasText: text }).waitFor();
  /** What tends the letters may have one in hand just then, and the page says so: pressed again, as it says. */
  const pressUntil = async (button: string, there: Locator) => {
    await until(
      async () => {
        if (await there.isVisible()) return true;
        const pressed = page.getByRole('button', { name: button, exact: true });
        // What it was to bring may be there meanwhile in its place.
        if (await pressed.isVisible()) await pressed.click({ timeout: 1_000 });
        return false;
      },
      { everyMs: 200 },
    );
  };
  /** @returns how many times at once something was to be sent from now on, at most */
  const sendsAtOnce = () => {
    const underWay = new Set<Request>();
    let most = 0;
    page.on('request', (request) => {
      if (!request.url().endsWith('/send')) return;
      underWay.add(request);
      most = Math.max(most, underWay.size);
    });
    page.on('requestfinished', (request) => underWay.delete(request));
    return () => most;
  };
  /** As what tends the letters does. @returns lets go of them. */
  const takeInHand = async (id: string) => {
    const held = new Map<string, Letter>();
    await until(async () => {
      for (const letter of await letters.receive(600)) held.set(letter.messageId, letter);
      return held.values().some(({ external_id }) => external_id === id);
    });
    return () => letters.hide([...held.values()], 0);
  };
  const seriousIn = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  };

  test('lets nobody in without a token, and keeps it no longer than the tab', async () => {
    await open();
    await page.getByRole('button', { name: 'Вийти' }).click();
    await page.getByLabel('Ваш ключ доступу').fill('local');
    await page.getByRole('button', { name: 'Увійти' }).click();
    await page.getByText('Такого ключа немає').waitFor();
    await page.getByLabel('Ваш ключ доступу').fill('manager');
    await page.getByRole('button', { name: 'Увійти' }).click();
    await page.getByRole('heading', { name: 'Чекають на людину' }).waitFor();
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('manager');
    expect(await context.cookies()).toEqual([]);
  });

  test.each(['', 'local', 'manage', 'manager2'])(
    'answers a token that is no operator’s with nothing: %j',
    async (token) => {
      for (const path of ['overview', 'orders/1042', 'orders/1042/draft']) {
        const response = await fetch(`${stack.page}/manager/api/${path}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(response.status).toBe(401);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
      }
      const act = await fetch(`${stack.page}/manager/api/orders/1042/send`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(act.status).toBe(401);
    },
  );

  test('shows an order go from accepted to the CRM before one’s eyes', async () => {
    const id = newId();
    await fault({ fault: 'slow', latency_ms: 1500, external_id: id });
    await post(id);
    await open(`#/${id}`);
    await page.locator('.state', { hasText: /Прийнято|Передаємо/ }).waitFor();
    await state('У CRM');
    await page.getByText('Номер у CRM').waitFor();
    expect(await seriousIn()).toEqual([]);
  });

  test('shows that a fault is tried again, and then is over', async () => {
    const id = newId();
    await fault({ fault: 'status', status: 503, times: 2, external_id: id });
    await post(id);
    await open(`#/${id}`);
    await state('У CRM');
    await page.locator('.story', { hasText: /Не вдалося|CRM не відповіла/ }).waitFor();
  });

  test('a bad SKU waits for a person, is corrected by one, and arrives', async () => {
    const id = newId();
    const [item] = sampleOrder(id).items;
    await post(id, { items: [{ ...item, sku: 'UNKNOWN-1' }] });
    await open(`#/${id}`);
    await state('CRM відмовила');
    await page
      .getByRole('heading', { name: 'Товару з таким артикулом немає' })
      .or(page.locator('article h3'))
      .first()
      .waitFor();
    expect(await seriousIn()).toEqual([]);

    await page.getByRole('button', { name: 'Виправити й надіслати' }).click();
    await pressUntil('Спробувати ще раз', page.locator('form.correction'));
    const text = await page.locator('form.correction').innerText();
    expect(text).not.toContain(sampleOrder(id).customer.name);
    await page.getByLabel('Рядок 1: Артикул').fill('DRESS-RED-116');
    await pressUntil(
      'Показати, що отримає CRM',
      page.locator('form.correction pre', { hasText: 'DRESS-RED-116' }),
    );
    expect(await page.locator('form.correction pre').innerText()).not.toContain(
      sampleOrder(id).delivery.address,
    );
    expect(await seriousIn()).toEqual([]);
    const mostAtOnce = sendsAtOnce();
    await page.getByRole('button', { name: 'Надіслати', exact: true }).dblclick();
    await pressUntil('Надіслати', page.getByText('Надіслано.'));
    expect(mostAtOnce()).toBe(1);
    await state('У CRM');
  });

  test('a letter that others have in hand is not called gone: it is there when they have let go', async () => {
    const id = newId();
    await fault({ fault: 'validation', external_id: id });
    await post(id);
    await open(`#/${id}`);
    await state('CRM відмовила');
    const letGo = await takeInHand(id);
    await page.getByRole('button', { name: 'Надіслати ще раз як є' }).click();
    await page.getByText('переглядає інша перевірка').waitFor();
    await page.getByRole('button', { name: 'Виправити й надіслати' }).click();
    await page.locator('.correction', { hasText: 'переглядає інша перевірка' }).waitFor();
    expect(await seriousIn()).toEqual([]);
    await page.getByRole('button', { name: 'Скасувати' }).click();
    await page.getByRole('button', { name: 'Виправити й надіслати' }).click();
    await letGo();
    await pressUntil('Спробувати ще раз', page.locator('form.correction'));
  });

  test('what to tell the customer is in Ukrainian, and copied by a button', async () => {
    const id = newId();
    await fault({ fault: 'validation', external_id: id });
    await post(id);
    await open(`#/${id}`);
    const sentence = page.locator('blockquote p');
    await sentence.waitFor();
    expect(await sentence.innerText()).toMatch(/[а-яіїєґ]/);
    await page.getByRole('button', { name: 'Скопіювати' }).click();
    await page.getByRole('button', { name: 'Скопійовано' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await sentence.innerText());
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
  });

  test('accounts for all orders of the day, and finds one by its number', async () => {
    const id = newId();
    await post(id);
    await open();
    await page.getByRole('heading', { name: /Сьогодні/ }).waitFor();
    const number = async (name: string) => Number(await page.locator(`.numbers .${name} dd`).innerText());
    await expect
      .poll(async () => (await number('in_crm')) + (await number('under_way')) + (await number('waiting')))
      .toBe(await number('accepted'));
    await page.getByLabel('Номер замовлення').fill(id);
    await page.keyboard.press('Enter');
    await state('У CRM');
    await page.getByLabel('Номер замовлення').fill('nobody');
    await page.getByRole('button', { name: 'Знайти' }).click();
    await page.getByText('за останні 90 днів не було').waitFor();
  });

  test('the workshop sends, breaks and mends, of this machine only', async () => {
    await open();
    await page.getByRole('heading', { name: /Майстерня/ }).waitFor();
    await page.getByRole('button', { name: 'Вимкнути CRM' }).click();
    await page.getByText('CRM вимкнено').waitFor();
    await page.getByRole('button', { name: 'Надіслати замовлення' }).click();
    await page.locator('caption', { hasText: 'Виклики CRM' }).waitFor();
    await page.locator('td', { hasText: 'cut_off' }).first().waitFor();
    await page.getByRole('button', { name: 'Увімкнути CRM' }).click();
    await page.getByText('CRM працює').waitFor();
    await page.getByRole('button', { name: 'Змінити ключ CRM' }).click();
    await page.getByRole('button', { name: 'Надіслати 50 одразу' }).click();
    await page
      .locator('.numbers .in_crm dd')
      .filter({ hasText: /^(5\d|[6-9]\d)$/ })
      .waitFor({ timeout: 120_000 });
    expect(await seriousIn()).toEqual([]);
  });

  test.each([
    ['a phone, in the dark', { viewport: { width: 360, height: 720 }, colorScheme: 'dark' as const }],
    ['a phone, by day', { viewport: { width: 360, height: 720 }, colorScheme: 'light' as const }],
  ])('is readable on %s', async (_what, options) => {
    const phone = await browser.newContext(options);
    const small = await phone.newPage();
    await small.goto(`${stack.page}/manager`);
    await small.getByRole('heading', { name: 'Чекають на людину' }).waitFor();
    expect(await small.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    const { violations } = await new AxeBuilder({ page: small }).withRules(['color-contrast']).analyze();
    expect(violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))).toEqual([]);
    await phone.close();
  });

  test('takes nothing from elsewhere, and stands in no frame', async () => {
    const response = await fetch(`${stack.page}/manager`);
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:/);
    const html = await (await fetch(`${stack.api}/manager`)).text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script(?![^>]*src=)[^>]*>|<style|style=| on\w+=/);
  });
});
