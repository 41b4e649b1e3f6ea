import { runStory } from './run.ts';
import { type Happening, isDeed, isTrouble, type Shape, type Story } from './story.ts';
import { clock } from './world.ts';

/** A story and what comes of it, for a person to follow. */
export async function tell(story: Story): Promise<string> {
  const { broken, lines } = await runStory(story, { isTold: true });
  return [
    `Seed ${story.seed}. ${shapeInWords(story.shape)}`,
    '',
    'What is done to it:',
    ...story.happenings.map((happening) => `  ${clock(happening.at)}  ${inWords(happening)}`),
    '',
    'What happens:',
    ...lines.map((line) => `  ${line}`),
    '',
    ...(broken.length === 0
      ? ['Every promise is kept.']
      : ['Broken:', ...broken.map(({ law, what }) => `  ${law}: ${what}`)]),
    '',
  ].join('\n');
}

function shapeInWords({ skewMs, foundWithinMs, maxReceives, crm }: Shape): string {
  const { openApi } = crm;
  return [
    `Clocks are off by up to ${skewMs / 1000} s. An order can be found within ${foundWithinMs / 1000} s.`,
    `SQS moves a message after ${maxReceives} receives.`,
    `The CRM's search is ${crm.search === 'exact' ? 'exact' : 'for what contains the number'},`,
    `its rows have ${crm.rows === 'whole' ? 'the whole order' : 'ids only'}, its pages are ${crm.pages}, the ${crm.sort} first`,
    crm.crowd > 0 ? `, it has ${crm.crowd} orders with similar numbers` : '',
    crm.isUnique ? ', it takes a number once' : '',
    crm.heedsIdempotencyKey ? ', it heeds Idempotency-Key' : '',
    '.',
    openApi === undefined
      ? ''
      : `It speaks the Open API: filters are ${openApi.filters}, orders come back ${openApi.echo ? 'with' : 'without'} their numbers, ${openApi.mostRows} on a page, and a key may make ${openApi.calls} calls in 10 s.`,
  ]
    .join(' ')
    .replaceAll(/\s+([,.])/g, '$1');
}

function inWords(happening: Happening): string {
  if (isTrouble(happening)) {
    const { trouble, kind, ms, share } = happening;
    return `for ${ms / 1000} s, ${Math.round(share * 100)} % of what is asked of ${trouble}: ${kind}`;
  }
  if (isDeed(happening)) {
    const { at: _, does, ...what } = happening;
    return `${does} ${Object.values(what).join(' ')}`.replaceAll('_', ' ');
  }
  const { blow, of, call, skip, when } = happening;
  const what =
    blow === 'death'
      ? 'dies'
      : 'freezeMs' in blow
        ? `is frozen for ${blow.freezeMs / 1000} s`
        : `has its clock jump to its ${blow.clockTo < 0 ? 'lower' : 'upper'} bound`;
  return `${of} ${what} ${when} call ${skip + 1} ${call === '' ? 'of any kind' : `of ${call}`} from then on`;
}
