import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { token } from './api.ts';
import { Login } from './login.tsx';
import { OrderView } from './order-view.tsx';
import { OverviewView } from './overview-view.tsx';
import { type Language, type Word, word } from './words.ts';

export interface Speech {
  language: Language;
  say: (name: Word) => string;
}

const LANGUAGE = 'language';

/** The order that the address names (`#/1042`); none: the overview. */
const orderOf = () => decodeURIComponent(location.hash.slice('#/'.length));

function App() {
  const [language, setLanguage] = useState<Language>(() =>
    localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'uk',
  );
  const [isIn, setIn] = useState(token.get() !== '');
  const [wasRefused, setRefused] = useState(false);
  const [orderId, setOrderId] = useState(orderOf);
  const say = (name: Word) => word(name, language);
  const speech = { language, say };

  useEffect(() => {
    const onHash = () => setOrderId(orderOf());
    addEventListener('hashchange', onHash);
    return () => removeEventListener('hashchange', onHash);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = orderId === '' ? say('title') : `${say('order')} ${orderId}`;
    localStorage.setItem(LANGUAGE, language);
  });

  const leave = (refused: boolean) => {
    token.forget();
    setRefused(refused);
    setIn(false);
  };
  const onTokenRefused = () => leave(true);
  const find = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const id = String(new FormData(event.currentTarget).get('id') ?? '').trim();
    if (id !== '') location.hash = `/${encodeURIComponent(id)}`;
  };

  return (
    <>
      <header>
        <h1>
          <a href="#/">{say('title')}</a>
        </h1>
        {isIn && (
          <search>
            <form onSubmit={find}>
              <label for="id">{say('find')}</label>
              <input id="id" name="id" autocomplete="off" spellcheck={false} />
              <button type="submit">{say('find_button')}</button>
            </form>
          </search>
        )}
        <div class="settings">
          <button
            type="button"
            lang={language === 'uk' ? 'en' : 'uk'}
            onClick={() => setLanguage(language === 'uk' ? 'en' : 'uk')}
          >
            {say('other_language')}
          </button>
          {isIn && (
            <button type="button" onClick={() => leave(false)}>
              {say('leave')}
            </button>
          )}
        </div>
      </header>
      <main>
        {!isIn ? (
          <Login
            {...speech}
            wasRefused={wasRefused}
            onToken={(value) => {
              token.set(value);
              setRefused(false);
              setIn(true);
            }}
          />
        ) : orderId === '' ? (
          <OverviewView {...speech} onTokenRefused={onTokenRefused} />
        ) : (
          <OrderView key={orderId} {...speech} id={orderId} onTokenRefused={onTokenRefused} />
        )}
      </main>
    </>
  );
}

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
