import type { Order } from '../../order/order.ts';
import { totalOf } from '../../order/total.ts';
import type { OpenApiSettings } from './settings.ts';

/** Whatever a bot calls it: `nova_poshta`, `Нова пошта`, `np_courier`. */
const NOVA_POSHTA = /nova.?p|new.?post|нов\S*\s*пошт|(?:^|[^\p{L}])(?:np|нп)(?:$|[^\p{L}])/iu;
const COURIER = /courier|door|address|кур.?єр|адрес/iu;
const POSTOMAT = /postomat|locker|по[шч]томат/iu;

/** One parcel: how many it is in the end, the manager knows. */
const SEATS = 1;

/**
 * The parcel, where it goes by Nova Poshta and the account's key is set. `undefined`: the manager is told in words.
 * Weights are left out, because an order does not say them.
 */
export function deliveryBlock(order: Order, { novaPoshtaId, delivery: block }: OpenApiSettings) {
  const { method, city, address } = order.delivery;
  if (novaPoshtaId === undefined || !NOVA_POSHTA.test(method)) return undefined;
  const price = totalOf(order);
  if (block === 'delivery') {
    return {
      delivery: {
        type: 'newpost',
        integrationDeliveryId: novaPoshtaId,
        city,
        department: address,
        price,
        seatsAmount: SEATS,
      },
    };
  }
  const isCourier = COURIER.test(method);
  return {
    npDelivery: {
      integrationNovaposhtaId: novaPoshtaId,
      price,
      seatsAmount: SEATS,
      city,
      ...(isCourier ? { street: address } : { department: address }),
      recipientFullname: order.customer.name,
      recipientPhone: order.customer.phone,
      serviceType: isCourier
        ? 'WarehouseDoors'
        : POSTOMAT.test(method)
          ? 'WarehousePostomat'
          : 'WarehouseWarehouse',
      payerType: 'Recipient',
      cargoType: 'Parcel',
      paymentMethod: 'Cash',
    },
  };
}
