/** `Олена Коваленко` → `О••• К•••`, `+380671234567` → `•••67`: enough to tell two apart, and no more. */
export function maskedText(value: string): string {
  const digits = value.replace(/\D/g, '');
  if (digits.length >= 7) return `•••${digits.slice(-2)}`;
  return value
    .trim()
    .split(/\s+/)
    .slice(0, 3)
    .map((word) => `${[...word][0] ?? ''}•••`)
    .join(' ');
}
