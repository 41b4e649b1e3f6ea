import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { FAULT_BUTTONS, type FaultButton } from './faults.ts';
import type { WorkshopState } from './state.ts';

const LOOK_MS = 1_000;
/** Who may act on this machine's page, as the local secret has it. */
const LOCAL_OPERATOR_TOKEN = 'manager';

const WORDS = {
  title: { uk: 'Майстерня: лише на цьому комп’ютері', en: 'Workshop: on this machine only' },
  intro: {
    uk: 'Тут ламають навчальну CRM і дивляться, що буде із замовленнями.',
    en: 'Here one breaks the sandbox CRM, and watches what becomes of the orders.',
  },
  sample: { uk: 'Надіслати замовлення', en: 'Send an order' },
  unknown_sku: { uk: 'Замовлення з невідомим артикулом', en: 'An order with an unknown SKU' },
  burst: { uk: 'Надіслати 50 одразу', en: 'Send 50 at once' },
  down: { uk: 'Вимкнути CRM', en: 'Take the CRM down' },
  up: { uk: 'Увімкнути CRM', en: 'Bring the CRM up' },
  rotate_key: { uk: 'Змінити ключ CRM', en: "Change the CRM's key" },
  clear: { uk: 'Прибрати всі збої', en: 'Clear all faults' },
  faults: { uk: 'Що зробить CRM із наступним замовленням', en: 'What the CRM does with the next order' },
  is_down: { uk: 'CRM вимкнено', en: 'The CRM is down' },
  is_up: { uk: 'CRM працює', en: 'The CRM is up' },
  orders: { uk: 'Замовлення у CRM', en: 'Orders in the CRM' },
  calls: { uk: 'Виклики CRM', en: 'Calls to the CRM' },
  queues: { uk: 'Черги', en: 'Queues' },
  told: { uk: 'Що дізнався бот', en: 'What the bot was told' },
  chat: { uk: 'Що прийшло магазину в Telegram', en: "What came into the shop's Telegram" },
  ready: { uk: 'готові', en: 'ready' },
  in_hand: { uk: 'в роботі', en: 'in hand' },
  failed: { uk: 'Не вийшло', en: 'That did not work' },
} as const;
type Language = 'uk' | 'en';

if (sessionStorage.getItem('operator-token') === null) {
  sessionStorage.setItem('operator-token', LOCAL_OPERATOR_TOKEN);
  location.reload();
}

const names = (faults: typeof FAULT_BUTTONS) => Object.keys(faults).filter(isFault);
const isFault = (name: string): name is FaultButton => Object.hasOwn(FAULT_BUTTONS, name);

function Workshop() {
  const [state, setState] = useState<WorkshopState>();
  const [language, setLanguage] = useState<Language>('uk');
  const [failed, setFailed] = useState(false);
  const say = (name: keyof typeof WORDS) => WORDS[name][language];

  useEffect(() => {
    const look = async () => {
      setLanguage(document.documentElement.lang === 'en' ? 'en' : 'uk');
      if (document.visibilityState === 'hidden') return;
      const response = await fetch('/workshop/api/state').catch(() => undefined);
      if (response?.ok) setState(await response.json());
    };
    void look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, []);

  const act = async (what: object) => {
    const response = await fetch('/workshop/api/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(what),
    }).catch(() => undefined);
    setFailed(response?.ok !== true);
  };

  return (
    <section class="workshop" aria-labelledby="workshop">
      <h2 id="workshop">{say('title')}</h2>
      <p class="quiet">{say('intro')}</p>
      {failed && (
        <p role="alert" class="bad">
          {say('failed')}
        </p>
      )}
      <p class="actions">
        <button type="button" onClick={() => act({ act: 'sample', kind: 'good' })}>
          {say('sample')}
        </button>
        <button type="button" onClick={() => act({ act: 'sample', kind: 'unknown_sku' })}>
          {say('unknown_sku')}
        </button>
        <button type="button" onClick={() => act({ act: 'burst' })}>
          {say('burst')}
        </button>
        <button type="button" onClick={() => act({ act: state?.is_down ? 'up' : 'down' })}>
          {say(state?.is_down ? 'up' : 'down')}
        </button>
        <button type="button" onClick={() => act({ act: 'rotate_key' })}>
          {say('rotate_key')}
        </button>
        <button type="button" onClick={() => act({ act: 'clear' })}>
          {say('clear')}
        </button>
      </p>
      <p role="status">{state !== undefined && say(state.is_down ? 'is_down' : 'is_up')}</p>
      <h3>{say('faults')}</h3>
      <ul class="faults">
        {names(FAULT_BUTTONS).map((name) => (
          <li key={name}>
            <button type="button" onClick={() => act({ act: 'fault', name })}>
              {name}
            </button>{' '}
            <span>{FAULT_BUTTONS[name][language]}</span>
          </li>
        ))}
      </ul>
      {state !== undefined && (
        <div class="tables">
          <Table
            title={say('queues')}
            rows={state.queues.map(({ name, ready, in_hand }) => [
              name,
              `${ready} ${say('ready')}`,
              `${in_hand} ${say('in_hand')}`,
            ])}
          />
          <Table
            title={say('orders')}
            rows={state.orders.map(({ external_id, id, status }) => [external_id, id, status])}
          />
          <Table
            title={say('calls')}
            rows={state.calls.map(({ at, method, external_id, answer, fault }) => [
              at.slice(11, 19),
              method,
              external_id,
              answer,
              fault,
            ])}
          />
          <Table title={say('chat')} rows={state.chat.map(({ at, text }) => [at.slice(11, 19), text])} />
          <Table
            title={say('told')}
            rows={state.told.map(({ external_id, type, customer }) => [external_id, type, customer])}
          />
        </div>
      )}
    </section>
  );
}

function Table({ title, rows }: { title: string; rows: readonly (readonly string[])[] }) {
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const root = document.createElement('aside');
document.body.append(root);
render(<Workshop />, root);
