/** The account that the sandbox plays: ids are whole numbers that mean nothing elsewhere. */
export const ACCOUNT = {
  statuses: [
    { id: 11, title: 'Нові заявки', type: 'new' },
    { id: 12, title: 'Виставлено рахунок', type: 'inProgress' },
    // One was seen so.
    { id: 13, title: 'ОПЛАЧЕНО ', type: 'inProgress' },
    { id: 14, title: 'Оформлено замовлення', type: 'inProgress' },
    { id: 15, title: 'Відправлено', type: 'inProgress' },
    { id: 16, title: 'Скасовано', type: 'canceled' },
  ],
  managers: [
    { id: 21, user: { fullname: 'Марія Ткач' } },
    { id: 22, user: { fullname: 'Іван Лис' } },
  ],
  'sales-channels': [
    { id: 31, title: 'Instagram' },
    { id: 32, title: 'Telegram' },
  ],
  warehouses: [{ id: 41, name: 'Основний склад' }],
  'integrations/nova-poshta/api-keys': [{ id: 51, title: 'ФОП Ткач' }],
  'settlement-accounts': [{ id: 61, title: 'monobank ФОП' }],
} as const;

export interface Variation {
  readonly id: number;
  readonly sku: string;
  readonly isActive: boolean;
  readonly availableQuantity: number;
  readonly price: number;
}

/** What its catalogue does not hold: every other SKU it has, once it has been asked for. */
const UNKNOWN_SKU = /^UNKNOWN/;
const OTHERS = 120;

/** Product variations. Each that is asked for has a longer namesake before it, and one that is no longer on sale. */
export function catalogue() {
  const variations: Variation[] = [];
  const add = (sku: string, isActive: boolean) =>
    variations.push({ id: 9001 + variations.length, sku, isActive, availableQuantity: 5, price: 1 });
  for (let i = 1; i <= OTHERS; i += 1) add(`OTHER-${i}`, true);

  return {
    all: (): readonly Variation[] => variations,
    has: (id: unknown): boolean => variations.some((variation) => variation.id === id && variation.isActive),
    learn(sku: string): void {
      if (UNKNOWN_SKU.test(sku) || variations.some((variation) => variation.sku === sku)) return;
      add(`${sku}-XL`, true);
      add(sku, false);
      add(sku, true);
    },
  };
}
export type Catalogue = ReturnType<typeof catalogue>;
