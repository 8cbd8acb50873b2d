/** What everything that runs takes together. */

/**
 * Sum of the proportional set sizes of all processes of this machine, MiB (`smaps_rollup`, proc(5)): a page that ten processes
 * share counts once. Needs root.
 */
export async function totalPssMb(): Promise<number> {
  let kib = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    // Nor the machine's first process: it belongs to no bottle, and some machines let nobody look into it.
    if (!/^[0-9]+$/.test(name) || Number(name) === Deno.pid || name === "1") continue;
    try {
      const text = await Deno.readTextFile(`/proc/${name}/smaps_rollup`);
      kib += Number(/^Pss:\s+([0-9]+) kB$/m.exec(text)?.[1] ?? 0);
    } catch (error) {
      // It has ended, or is a thread of the kernel's.
      const gone = error instanceof Deno.errors.NotFound || isNoSuchProcess(error);
      if (!gone) throw error;
    }
  }
  return kib / 1024;
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("No such process");
}
