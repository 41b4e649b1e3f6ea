/** One line of the doctor's: what was looked at, what was found, and how to mend it. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
  fix?: string;
}
