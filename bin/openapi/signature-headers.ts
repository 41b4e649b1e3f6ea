/**
 * Parameters for the headers of Standard Webhooks (https://www.standardwebhooks.com): of a callback, and of a request
 * that is signed.
 *
 * @param options.id what `webhook-id` stands for
 */
export const signatureHeaders = ({ required, id }: { required: boolean; id: string }) => [
  { name: 'webhook-id', in: 'header', required, description: id, schema: { type: 'string', minLength: 1 } },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required,
    description:
      'When it was sent, in whole seconds since 1970. What is more than 5 minutes off is to be refused.',
    schema: { type: 'string', pattern: '^\\d{1,12}$' },
  },
  {
    name: 'webhook-signature',
    in: 'header',
    required,
    description:
      '`v1,` and the base64 of the HMAC-SHA-256 over `<webhook-id>.<webhook-timestamp>.<body>`, of the bytes as they are sent, with the secret (what is behind `whsec_`, decoded from base64) as the key. While a secret is being changed there are several, with spaces between them: one that fits is enough.',
    schema: { type: 'string' },
  },
];
