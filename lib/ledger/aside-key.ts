/** Under which key the ledger keeps a caller's order that does not have its number. No `external_id` has this character. */
export const asideKey = (externalId: string, caller: string): string => `${externalId}#${caller}`;

export function readAsideKey(key: string): { external_id: string; caller: string } {
  const [external_id = '', caller = ''] = key.split('#');
  return { external_id, caller };
}
