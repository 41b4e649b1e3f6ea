import * as z from 'zod';

// Written out here rather than taken from lib/: the sandbox is the other side of the contract.

const id = z.int().positive();
const money = z.number().nonnegative();
const line = z
  .looseObject({
    isUpsale: z.boolean({ error: 'isUpsale must be a boolean value' }),
    productVariationId: id.optional(),
    itemId: id.optional(),
    title: z.string().optional(),
    price: money.optional(),
    quantity: z.int().positive().optional(),
  })
  .refine(
    ({ productVariationId, itemId, title, price }) =>
      productVariationId !== undefined ||
      itemId !== undefined ||
      (title !== undefined && price !== undefined),
    { error: 'productVariationId must be a number' },
  );

/** The body of `POST /open-api/orders`: what is required, as integrations show it. */
export const openApiOrder = z.looseObject({
  externalId: z.string().optional(),
  client: z.looseObject({
    fullname: z.string().min(3, 'fullname must be longer than or equal to 3 characters'),
    // Real CRMs echo the value. Whoever relays this text must not let it into a log.
    phone: z
      .string()
      .regex(/^\+\d{10,15}$/, { error: (issue) => `phone ${issue.input} must be a valid phone number` })
      .optional(),
    email: z.string().optional(),
  }),
  statusId: z.unknown().optional(),
  products: z.array(line).min(1).optional(),
  offers: z.array(line).min(1).optional(),
  npDelivery: z
    .looseObject({ integrationNovaposhtaId: id, price: money, seatsAmount: z.int().positive() })
    .optional(),
  delivery: z
    .looseObject({
      type: z.literal('newpost'),
      integrationDeliveryId: id,
      price: money,
      seatsAmount: z.int(),
    })
    .optional(),
});
export type OpenApiBody = z.output<typeof openApiOrder>;

export const statusChange = z.looseObject({ statusId: z.unknown() });

export const transaction = z.looseObject({
  orderId: id,
  settlementAccountId: id,
  amount: z.number().positive(),
  comment: z.string().optional(),
});

/** NestJS's way to say no. */
export const badRequest = (...message: string[]) => ({
  status: 400,
  body: { statusCode: 400, message, error: 'Bad Request' },
});

export const refusalOf = ({ issues }: z.ZodError) =>
  badRequest(...issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' ')));
