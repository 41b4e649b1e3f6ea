import type { FaultInput } from '../sandbox/faults.ts';

/** What the workshop's buttons make the sandbox CRM do with its next call, and what that is like. */
export const FAULT_BUTTONS = {
  lost_response: {
    fault: { fault: 'lost_response' },
    uk: 'Створює замовлення, але відповідь губиться. Сервіс перевірить, чи воно там, і не створить другого.',
    en: 'Creates the order, and the answer is lost. The relay looks it up, and makes no second one.',
  },
  timeout: {
    fault: { fault: 'timeout' },
    uk: 'Мовчить, доки терпіння не скінчиться.',
    en: 'Says nothing until patience ends.',
  },
  late_commit: {
    fault: { fault: 'late_commit' },
    uk: 'Мовчить, а замовлення створює вже потім.',
    en: 'Says nothing, and creates the order later.',
  },
  reset: {
    fault: { fault: 'reset' },
    uk: 'Обриває з’єднання, нічого не створивши.',
    en: 'Breaks the connection, and has created nothing.',
  },
  server_error: {
    fault: { fault: 'status', status: 503 },
    uk: 'Відповідає 503: не працює.',
    en: 'Answers 503: out of order.',
  },
  rate_limit: {
    fault: { fault: 'rate_limit', retry_after: 3 },
    uk: 'Просить зачекати 3 секунди. Спроби це не коштує.',
    en: 'Asks for a pause of 3 seconds. That costs no attempt.',
  },
  unauthorized: {
    fault: { fault: 'unauthorized' },
    uk: 'Не приймає ключ. Сервіс візьме його наново й спробує ще раз.',
    en: 'Refuses the key. The relay fetches it anew, and tries once more.',
  },
  validation: {
    fault: { fault: 'validation' },
    uk: 'Каже, що телефон неправильний. Чекатиме, доки його виправлять.',
    en: 'Says that the phone is wrong. It waits until it is corrected.',
  },
  html_ok: {
    fault: { fault: 'html_ok' },
    uk: 'Відповідає 200, але не замовленням, а сторінкою.',
    en: 'Answers 200, with a page instead of an order.',
  },
} as const satisfies Record<string, { fault: FaultInput; uk: string; en: string }>;

export type FaultButton = keyof typeof FAULT_BUTTONS;

/** The CRM is down until somebody says otherwise, here or by `npm run sandbox`. */
export const DOWN: FaultInput = { fault: 'reset', on: 'any', times: Number.MAX_SAFE_INTEGER };

/** More calls than anybody makes here. */
const FOR_GOOD = 1_000_000_000;
export const isDown = (faults: readonly { remaining: number }[]): boolean =>
  faults.some(({ remaining }) => remaining > FOR_GOOD);
