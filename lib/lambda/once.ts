/** Made when it is first asked for, and kept: what only some invocations need is no part of every cold start. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
