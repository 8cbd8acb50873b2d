/** What a program takes of the machine, with all processes that it started. Linux: read from /proc (proc(5)). */

/** Clock ticks a second, `getconf CLK_TCK`: 100 on every architecture that Deno runs on. */
const TICKS = 100;

/** Of a program and its children. */
export interface Usage {
  /** User and system time so far, in seconds. */
  readonly cpuSeconds: number;
  /** Resident memory, MiB. */
  readonly residentMb: number;
}

/** The process and all below it. */
export async function familyOf(pid: number): Promise<readonly number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const parent = Number((await statFields(Number(name)))?.[1]);
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const family = [pid];
  for (const one of family) family.push(...children.get(one) ?? []);
  return family;
}

/** What they take together. Whoever has ended counts nothing. */
export async function usageOf(family: readonly number[]): Promise<Usage> {
  let cpuSeconds = 0;
  let residentMb = 0;
  for (const pid of family) {
    const fields = await statFields(pid);
    if (fields === undefined) continue;
    cpuSeconds += (Number(fields[11]) + Number(fields[12])) / TICKS;
    const status = await readProc(`/proc/${pid}/status`);
    residentMb += Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(status ?? "")?.[1] ?? 0) / 1024;
  }
  return { cpuSeconds, residentMb };
}

/** From the third on: the second, the name, may hold anything. */
async function statFields(pid: number): Promise<readonly string[] | undefined> {
  const stat = await readProc(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
}

async function readProc(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}
