import { useState } from 'preact/hooks';
import { getStory, type Story, send, TokenRefused, type Verdict } from './api.ts';
import type { Speech } from './app.tsx';
import { Correction } from './correction.tsx';
import { useLive } from './live.ts';
import { timeText } from './time.ts';
import { stepText } from './words.ts';

interface OrderProps extends Speech {
  id: string;
  onTokenRefused: () => void;
}

export function OrderView({ id, language, say, onTokenRefused }: OrderProps) {
  const { value, problem, again } = useLive(
    id,
    () => getStory(id),
    ({ phase }) => phase === 'under_way',
    onTokenRefused,
  );
  const [isCorrected, setCorrected] = useState(false);
  const [said, setSaid] = useState<Verdict | 'failed'>();
  // Pressed twice, the second would find the letter in the hands of the first, and say so in place of what became of it.
  const [isBusy, setBusy] = useState(false);

  const act = async (what: () => Promise<Verdict>): Promise<Verdict | undefined> => {
    setBusy(true);
    try {
      const verdict = await what();
      if (verdict.verdict !== 'would_send') setSaid(verdict);
      if (verdict.verdict === 'sent') setCorrected(false);
      again();
      return verdict;
    } catch (error) {
      if (error instanceof TokenRefused) onTokenRefused();
      setSaid('failed');
      return undefined;
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <p>
        <a href="#/">← {say('back')}</a>
      </p>
      <h2>
        {say('order')} {id}
      </h2>
      {problem === 'not_found' && <p role="status">{say('not_found')}</p>}
      {problem === 'offline' && (
        <p role="alert" class="bad">
          {say('offline')}
        </p>
      )}
      {value === undefined && problem === undefined && <p role="status">{say('loading')}</p>}
      {value !== undefined && (
        <>
          <p class={`state ${value.phase}`} role="status">
            {stepText(value.state, language)}
            {value.crm_order_id !== null && `. ${say('crm_number')}: ${value.crm_order_id}`}
          </p>
          {value.phase !== 'in_crm' &&
            value.explanations.map((one) => (
              <ExplanationView
                key={one.reason}
                explanation={one}
                story={value}
                language={language}
                say={say}
              />
            ))}
          {said !== undefined && (
            <p role="alert" class={typeof said === 'object' && said.verdict === 'sent' ? 'good' : 'bad'}>
              {verdictText(said, say)}
            </p>
          )}
          {value.phase === 'waiting' &&
            (isCorrected ? (
              <Correction
                id={id}
                language={language}
                say={say}
                isBusy={isBusy}
                wanted={new Set(value.explanations.flatMap(({ pointers }) => pointers))}
                onSend={(changes, trial) => act(() => send(id, changes, trial))}
                onCancel={() => setCorrected(false)}
              />
            ) : (
              <p class="actions">
                <button type="button" class="main" disabled={isBusy} onClick={() => setCorrected(true)}>
                  {say('correct')}
                </button>
                <button type="button" disabled={isBusy} onClick={() => act(() => send(id, {}, false))}>
                  {say('send_on')}
                </button>
              </p>
            ))}
          <section aria-labelledby="story">
            <h3 id="story">{say('story')}</h3>
            <ol class="story">
              {value.steps.map((step) => (
                <li key={`${step.at} ${step.step}`}>
                  <time dateTime={step.at}>{timeText(step.at, language)}</time>{' '}
                  {stepText(step.step, language)}
                  {step.attempt !== null && step.step === 'syncing' && `, ${say('attempt')} ${step.attempt}`}
                  {step[language] !== null && `: ${step[language]}`}
                </li>
              ))}
            </ol>
          </section>
        </>
      )}
    </>
  );
}

export const verdictText = (said: Verdict | 'failed', say: Speech['say']): string => {
  if (said === 'failed') return say('failed');
  switch (said.verdict) {
    case 'refused':
      return `${say('refused')} (${said.detail})`;
    case 'would_send':
      return say('would_send');
    case 'sent':
    case 'already_in_crm':
    case 'on_its_way':
    case 'moved_on':
    case 'no_letter':
    case 'not_looked_through':
    case 'in_other_hands':
      return say(said.verdict);
  }
};

interface ExplanationProps extends Speech {
  explanation: Story['explanations'][number];
  story: Story;
}

function ExplanationView({ explanation, story, language, say }: ExplanationProps) {
  const [isCopied, setCopied] = useState(false);
  const { title, cause, todo, customer } = explanation[language];
  const copy = async () => {
    await navigator.clipboard.writeText(customer);
    setCopied(true);
  };
  return (
    <article class="card">
      <h3>{title}</h3>
      <p>{cause}</p>
      <p>
        <strong>{say(story.mends_itself ? 'nobody' : explanation.who)}.</strong> {!story.mends_itself && todo}
      </p>
      {explanation.who === 'customer' && (
        <blockquote>
          <p>{customer}</p>
          <button type="button" onClick={copy}>
            {say(isCopied ? 'copied' : 'copy')}
          </button>
        </blockquote>
      )}
    </article>
  );
}
