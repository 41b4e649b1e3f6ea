/** One line of the doctor's: what was looked at, and what was found; where it is wrong, how to mend it. */
export type Check =
  | { name: string; ok: true; detail: string }
  | {
      name: string;
      ok: false;
      detail: string;
      /** What is to be done, in words. */
      fix: string;
      /** What to type, as it stands: it mends it, or shows what a person has to know. */
      command: string;
    };

/** A check, but for its name. */
export type Finding =
  | Omit<Extract<Check, { ok: true }>, 'name'>
  | Omit<Extract<Check, { ok: false }>, 'name'>;

export const fine = (detail: string): Finding => ({ ok: true, detail });
export const wrong = (detail: string, fix: string, command: string): Finding => ({
  ok: false,
  detail,
  fix,
  command,
});

/** Of a part that is there on AWS only. */
export const NOT_HERE = fine('not here: only a deployed stage has it');
