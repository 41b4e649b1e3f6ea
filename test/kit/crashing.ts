/** A process that dies at a given call: that call and all after it never return, as for a killed function. */
export function crashing(crashAt: number | undefined, afterTheCall: boolean) {
  let calls = 0;
  let die: () => void = () => undefined;
  const dead = new Promise<undefined>((resolve) => {
    die = () => resolve(undefined);
  });
  const never = new Promise<never>(() => undefined);

  return {
    /** Resolves when the process has died. */
    dead,
    /** The same collaborator, as this process calls it. */
    mortal<T extends object>(collaborator: T): T {
      return new Proxy(collaborator, {
        get(target, name, receiver) {
          const member: unknown = Reflect.get(target, name, receiver);
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]) => {
            calls += 1;
            if (crashAt === undefined || calls < crashAt) return Reflect.apply(member, target, args);
            if (calls === crashAt && afterTheCall) await Reflect.apply(member, target, args);
            die();
            return never;
          };
        },
      });
    },
  };
}
