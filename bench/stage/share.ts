import { mkdir, rmdir, writeFile } from 'node:fs/promises';

/** A control group for the processor, of cgroup v1, as root may make one. */
const GROUP = '/sys/fs/cgroup/cpu/sitniks-orders-bench';
/** As short as Lambda's own seems to be: a longer one would let a short invocation through at full speed. */
const PERIOD_US = 20_000;

export interface Share {
  /** What stands before a program that is to have no more than the share. */
  launcher: readonly string[];
  set(share: number): Promise<void>;
  end(): Promise<void>;
}

/** A share of one core for what is launched by it; `undefined` where this machine gives nobody the right. */
export async function processorShare(): Promise<Share | undefined> {
  try {
    await mkdir(GROUP, { recursive: true });
    await writeFile(`${GROUP}/cpu.cfs_period_us`, String(PERIOD_US));
  } catch {
    return undefined;
  }
  return {
    launcher: ['/bin/sh', '-c', `echo $$ > ${GROUP}/cgroup.procs && exec "$0" "$@"`],
    set: (share) => writeFile(`${GROUP}/cpu.cfs_quota_us`, String(Math.round(share * PERIOD_US))),
    end: () => rmdir(GROUP),
  };
}
