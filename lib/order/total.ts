import type { Order } from './order.ts';

/** The sum of an order's lines in hryvnia, to the kopiyka: counted in kopiykas, because 0.1 + 0.2 is not 0.3. */
export const totalOf = ({ items }: Pick<Order, 'items'>): number =>
  items.reduce((kopiykas, { price, quantity }) => kopiykas + Math.round(price * 100) * quantity, 0) / 100;
