import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { explanationSchema, orderErrorSchema } from '../../lib/explanations/explanation.ts';
import {
  callbackSchema,
  orderStatusViewSchema,
  orderViewSchema,
  paymentViewSchema,
  postedSchema,
  problemSchema,
  statusAcceptedSchema,
} from '../../lib/intake/contract.ts';
import { ORDER_STATES } from '../../lib/ledger/states.ts';
import { stepSchema } from '../../lib/ledger/step.ts';
import { externalIdSchema } from '../../lib/order/external-id.ts';
import { orderSchema } from '../../lib/order/order.ts';
import { orderBodySchema } from '../../lib/order/order-body.ts';
import { paymentSchema } from '../../lib/order/payment.ts';
import { statusBodySchema } from '../../lib/order/status-change.ts';
import { type FieldNote, NOTES, type SchemaName, type SchemaNote } from './fields.ts';

/** A schema of OpenAPI 3.1, which is JSON Schema 2020-12. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Schemas of what comes in, by their names in the document. */
const INPUT = {
  Order: orderBodySchema,
  Customer: orderSchema.shape.customer,
  Delivery: orderSchema.shape.delivery,
  Item: orderSchema.shape.items.def.element,
  ExternalId: externalIdSchema,
  StatusBody: statusBodySchema,
  Payment: paymentSchema,
};

/** Schemas of what goes out. */
const OUTPUT = {
  ExternalId: externalIdSchema,
  OrderState: z.enum(ORDER_STATES),
  Posted: postedSchema,
  StatusAccepted: statusAcceptedSchema,
  OrderStatus: orderStatusViewSchema,
  PaymentView: paymentViewSchema,
  OrderView: orderViewSchema,
  Links: orderViewSchema.shape.links,
  Step: stepSchema,
  OrderError: orderErrorSchema,
  Explanation: explanationSchema,
  Words: explanationSchema.shape.uk,
  ReasonCode: explanationSchema.shape.reason,
  Problem: problemSchema,
  FieldError: problemSchema.shape.errors.unwrap().element,
  Callback: callbackSchema,
  CallbackData: callbackSchema.shape.data,
};

const NAMED: Readonly<Record<string, SchemaNote>> = NOTES;

const pathOf = (name: string) => `#/components/schemas/${name}`;

/** A reference to a named schema. */
export const schemaRef = (name: SchemaName) => ({ $ref: pathOf(name) });

/** `components.schemas`: the zod schemas that the functions work with, and the words for them. */
export function componentSchemas(): Record<string, JsonSchema> {
  const generated = { ...toJsonSchemas(OUTPUT, 'output'), ...toJsonSchemas(INPUT, 'input') };
  const nameless = Object.keys(generated).filter((name) => !(name in NAMED));
  if (nameless.length > 0) throw new Error(`fields.ts has no words for ${nameless.join(', ')}`);
  return Object.fromEntries(
    Object.entries(NAMED).map(([name, note]) => [name, described(name, generated[name] ?? {}, note)]),
  );
}

function toJsonSchemas(
  schemas: Record<string, z.core.$ZodType>,
  io: 'input' | 'output',
): Record<string, JsonSchema> {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) names.add(schema, { id });
  const { schemas: made } = z.toJSONSchema(names, {
    io,
    uri: pathOf,
    override: ({ zodSchema, jsonSchema }) => {
      // What goes out may get further fields one day; what comes in is refused by name.
      if (io === 'output') delete jsonSchema.additionalProperties;
      // What does not fit costs no order: see `customer.email`.
      if (zodSchema instanceof z.core.$ZodCatch) {
        delete jsonSchema.pattern;
        delete jsonSchema.maxLength;
      }
    },
  });
  return Object.fromEntries(
    Object.entries(made).map(([name, { $id, $schema, ...schema }]) => [name, schema]),
  );
}

/** @throws where fields and words for them do not match one to one: a field that nobody explains is no contract. */
function described(name: string, schema: JsonSchema, { description, fields = {} }: SchemaNote): JsonSchema {
  const properties = Object.keys(schema.properties ?? {});
  const odd = [
    ...properties.filter((field) => !(field in fields)),
    ...Object.keys(fields).filter((field) => !properties.includes(field)),
  ];
  if (odd.length > 0) throw new Error(`fields.ts does not match ${name}: ${odd.join(', ')}`);
  if (properties.length === 0) return { description, ...schema };
  return {
    description,
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([field, property]) => {
        if (typeof property === 'boolean') throw new Error(`${name}.${field} may be anything, or nothing`);
        return [field, withNote(property, fields[field] ?? '')];
      }),
    ),
  };
}

function withNote(schema: JsonSchema, note: FieldNote): JsonSchema {
  // One name for the states, wherever they stand.
  const isState = schema.enum !== undefined && isDeepStrictEqual(schema.enum, [...ORDER_STATES]);
  const named: JsonSchema = isState ? schemaRef('OrderState') : schema;
  return typeof note === 'string' ? { description: note, ...named } : { ...named, ...note };
}
