import type * as z from 'zod';

/**
 * Messages by field, e.g. `{ 'customer.phone': ['…'], 'items.0.sku': ['…'] }`: the shape of the `errors`
 * in the sandbox's 422 (as the CRM) and 400 (at `_sandbox`).
 * What concerns the input as a whole is under `body`; an unknown key is named itself.
 */
export function fieldErrors({ issues }: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const issue of issues) {
    const fields =
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => [...issue.path, key].join('.'))
        : [issue.path.join('.') || 'body'];
    for (const field of fields) {
      errors[field] ??= [];
      errors[field].push(issue.code === 'unrecognized_keys' ? 'Unknown field' : issue.message);
    }
  }
  return errors;
}
