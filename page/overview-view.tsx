import { getOverview, type Overview } from './api.ts';
import type { Speech } from './app.tsx';
import { useLive } from './live.ts';
import { timeText } from './time.ts';

type Group = Overview['waiting'][number];

export function OverviewView({ language, say, onTokenRefused }: Speech & { onTokenRefused: () => void }) {
  const { value, problem } = useLive(
    'overview',
    getOverview,
    ({ today }) => today.under_way > 0,
    onTokenRefused,
  );
  if (value === undefined) return <p role="status">{say(problem === 'offline' ? 'offline' : 'loading')}</p>;
  const { today, waiting, is_cut } = value;
  const forAPerson = waiting.filter((group) => !group.mends_itself);
  const byItself = waiting.filter((group) => group.mends_itself);
  return (
    <>
      {problem === 'offline' && (
        <p role="alert" class="bad">
          {say('offline')}
        </p>
      )}
      <section aria-labelledby="today">
        <h2 id="today">
          {say('today')} <span class="quiet">{today.day}</span>
        </h2>
        <dl class="numbers" aria-live="polite">
          {(['accepted', 'in_crm', 'under_way', 'waiting'] as const).map((name) => (
            <div key={name} class={name}>
              <dt>{say(name)}</dt>
              <dd>{today[name]}</dd>
            </div>
          ))}
        </dl>
        <p class="quiet">
          {say('promise')} {today.accepted} = {today.in_crm} + {today.under_way} + {today.waiting}
        </p>
        {is_cut && <p class="quiet">{say('at_least')}</p>}
      </section>
      <section aria-labelledby="person">
        <h2 id="person">{say('for_a_person')}</h2>
        {forAPerson.length === 0 && <p>{say('nothing_waits')}</p>}
        {forAPerson.map((group) => (
          <GroupView key={group.reason} group={group} language={language} say={say} />
        ))}
      </section>
      {byItself.length > 0 && (
        <section aria-labelledby="itself">
          <h2 id="itself">{say('by_itself')}</h2>
          {byItself.map((group) => (
            <GroupView key={group.reason} group={group} language={language} say={say} />
          ))}
        </section>
      )}
    </>
  );
}

function GroupView({ group, language, say }: Speech & { group: Group }) {
  const { title, todo } = group[language];
  return (
    <article class="card">
      <h3>
        {title} <span class="count">{group.orders.length}</span>
      </h3>
      <p>
        <strong>{say(group.mends_itself ? 'nobody' : group.who)}.</strong> {!group.mends_itself && todo}
      </p>
      <ul class="orders">
        {group.orders.map(({ external_id, since }) => (
          <li key={external_id}>
            <a href={`#/${encodeURIComponent(external_id)}`}>{external_id}</a>{' '}
            <span class="quiet">
              {say('since')} <time dateTime={since}>{timeText(since, language)}</time>
            </span>
          </li>
        ))}
      </ul>
    </article>
  );
}
