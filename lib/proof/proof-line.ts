import type { Day } from '../manager/kyiv-day.ts';
import { type Finding, type Proof, type Tally, unprovenIn } from './proof.ts';

/** The day in one line of Ukrainian, for the shop: «Учора прийнято 148, у CRM 148, розбіжностей 0». */
export function proofLine(when: string, tally: Tally, notAsked = 0): string {
  const { accepted, there, under_way, aside } = tally;
  return [
    `${when} прийнято ${accepted + notAsked}`,
    `у CRM ${there}`,
    ...(under_way === 0 ? [] : [`ще в дорозі ${under_way}`]),
    ...(aside === 0 ? [] : [`чекають на людину або відхилено ${aside}`]),
    ...(notAsked === 0 ? [] : [`не перевірено ${notAsked}`]),
    `розбіжностей ${unprovenIn(tally)}`,
  ].join(', ');
}

/** «Учора», or «31.01.2026». */
export function whenWas(day: Day, yesterday: Day): string {
  return day.name === yesterday.name ? 'Учора' : day.name.split('-').reverse().join('.');
}

const WHAT: Readonly<Record<Finding, string>> = {
  missing: 'немає в CRM',
  twice: 'у CRM кілька разів',
  different: 'у CRM не таке, як надіслано',
  unclear: 'CRM не каже, чи воно там',
};

/** A message of Telegram's has 4,096 characters. */
const MOST_SHOWN = 20;

/** What is to be looked at, one order a line. */
export function findingsText(findings: Proof['findings']): string {
  const more = findings.length - MOST_SHOWN;
  return [
    ...findings.slice(0, MOST_SHOWN).map(({ external_id, finding }) => `${external_id}: ${WHAT[finding]}`),
    ...(more > 0 ? [`і ще ${more}`] : []),
  ].join('\n');
}
