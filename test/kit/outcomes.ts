import { randomBytes } from 'node:crypto';
import type { Outcome } from '../../lib/ledger/outcome.ts';

/** An outcome of the order `1042` of `bot`, refused for its SKU; each has an id of its own. */
export const sampleOutcome = (changes: Partial<Outcome> = {}): Outcome => ({
  id: `evt_${randomBytes(16).toString('hex')}`,
  type: 'rejected',
  at: '2026-01-01T10:00:00.000Z',
  external_id: '1042',
  submitted_by: 'bot',
  attempts: 1,
  error: {
    type: 'VALIDATION',
    message: 'The CRM refuses the order (422): невідомий артикул',
    reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
  },
  ...changes,
});
