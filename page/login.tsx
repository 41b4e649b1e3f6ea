import type { Speech } from './app.tsx';

interface LoginProps extends Speech {
  wasRefused: boolean;
  onToken: (token: string) => void;
}

export function Login({ say, wasRefused, onToken }: LoginProps) {
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const value = String(new FormData(event.currentTarget).get('token') ?? '').trim();
    if (value !== '') onToken(value);
  };
  return (
    <form class="card login" onSubmit={enter}>
      <label for="token">{say('token')}</label>
      <input
        id="token"
        name="token"
        type="password"
        autocomplete="off"
        aria-describedby={wasRefused ? 'refused hint' : 'hint'}
        aria-invalid={wasRefused}
      />
      {wasRefused && (
        <p id="refused" role="alert" class="bad">
          {say('token_wrong')}
        </p>
      )}
      <p id="hint" class="quiet">
        {say('token_hint')}
      </p>
      <button type="submit" class="main">
        {say('enter')}
      </button>
    </form>
  );
}
