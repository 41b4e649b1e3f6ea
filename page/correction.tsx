import { useEffect, useState } from 'preact/hooks';
import { type Draft, type Field, getDraft, type Verdict } from './api.ts';
import type { Speech } from './app.tsx';
import { isWord } from './words.ts';

interface CorrectionProps extends Speech {
  id: string;
  /** What was pressed is not done yet. */
  isBusy: boolean;
  /** Pointers of what is wrong: those fields come first. */
  wanted: ReadonlySet<string>;
  onSend: (changes: Record<string, string>, trial: boolean) => Promise<Verdict | undefined>;
  onCancel: () => void;
}

type WouldSend = Extract<Verdict, { verdict: 'would_send' }>['order'];

export function Correction({ id, isBusy, say, wanted, onSend, onCancel }: CorrectionProps) {
  const [draft, setDraft] = useState<Draft | 'failed'>();
  const [changes, setChanges] = useState<Record<string, string>>({});
  const [wouldSend, setWouldSend] = useState<WouldSend>();

  const load = () => {
    setDraft(undefined);
    getDraft(id).then(setDraft, () => setDraft('failed'));
  };
  useEffect(load, [id]);

  if (draft === undefined) return <p role="status">{say('loading')}</p>;
  if (draft === 'failed' || draft.verdict !== 'draft') {
    return (
      <section class="card correction">
        <p role="alert" class="bad">
          {say(draft === 'failed' ? 'failed' : draft.verdict)}
        </p>
        <p class="actions">
          <button type="button" class="main" onClick={load}>
            {say('again')}
          </button>
          <button type="button" onClick={onCancel}>
            {say('cancel')}
          </button>
        </p>
      </section>
    );
  }
  const fields = draft.fields.toSorted(
    (a, b) => Number(wanted.has(b.pointer)) - Number(wanted.has(a.pointer)),
  );
  const look = async (event: SubmitEvent) => {
    event.preventDefault();
    const verdict = await onSend(changes, true);
    setWouldSend(verdict?.verdict === 'would_send' ? verdict.order : undefined);
  };
  return (
    <form class="card correction" onSubmit={look}>
      {fields.map((field) => (
        <FieldView
          key={field.pointer}
          field={field}
          isWanted={wanted.has(field.pointer)}
          say={say}
          value={changes[field.pointer]}
          onChange={(text) => {
            setWouldSend(undefined);
            setChanges((before) => changed(before, field, text));
          }}
        />
      ))}
      {wouldSend !== undefined && (
        <section aria-live="polite">
          <p>{say('would_send')}</p>
          <pre>{JSON.stringify(wouldSend, undefined, 2)}</pre>
        </section>
      )}
      <p class="actions">
        {wouldSend === undefined ? (
          <button type="submit" class="main" disabled={isBusy}>
            {say('look')}
          </button>
        ) : (
          <button type="button" class="main" disabled={isBusy} onClick={() => onSend(changes, false)}>
            {say('really_send')}
          </button>
        )}
        <button type="button" onClick={onCancel}>
          {say('cancel')}
        </button>
      </p>
    </form>
  );
}

/** What is typed as it was is no change; what is hidden is not changed by emptying the field again. */
function changed(before: Record<string, string>, field: Field, text: string): Record<string, string> {
  const { [field.pointer]: _, ...others } = before;
  const isAsBefore = text === (field.is_masked ? '' : field.value);
  return isAsBefore ? others : { ...others, [field.pointer]: text };
}

interface FieldProps extends Pick<Speech, 'say'> {
  field: Field;
  isWanted: boolean;
  value: string | undefined;
  onChange: (text: string) => void;
}

function FieldView({ field, isWanted, say, value, onChange }: FieldProps) {
  const { pointer, is_masked } = field;
  const inputId = `field-${pointer}`;
  const hintId = `${inputId}-hint`;
  return (
    <div class={isWanted ? 'field wanted' : 'field'}>
      <label for={inputId}>{labelOf(pointer, say)}</label>
      <input
        id={inputId}
        autocomplete="off"
        value={value ?? (is_masked ? '' : field.value)}
        placeholder={is_masked ? field.value : undefined}
        aria-describedby={is_masked ? hintId : undefined}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {is_masked && (
        <span id={hintId} class="quiet">
          {say('hidden')}
        </span>
      )}
    </div>
  );
}

/** `#/items/0/sku` → «Рядок 1: Артикул» */
function labelOf(pointer: string, say: Speech['say']): string {
  const path = pointer.slice('#/'.length);
  const [, line, name] = /^items\/(\d+)\/(\w+)$/.exec(path) ?? [];
  const key = name ?? path;
  const text = isWord(key) ? say(key) : key;
  return line === undefined ? text : `${say('line')} ${Number(line) + 1}: ${text}`;
}
