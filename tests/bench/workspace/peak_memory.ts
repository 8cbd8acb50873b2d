/** The most memory that a process and the programs it starts take, by name. */

/** Stops the looking; MiB by the program's name. */
export type PeakMemory = () => ReadonlyMap<string, number>;

/** How often it looks, in milliseconds. A peak of the kernel's own keeping (`VmHWM`) is missed only by what lives shorter. */
const EVERY_MS = 50;

/** Looks at this process and its descendants until it is stopped. Linux only. */
export function watchPeakMemory(): PeakMemory {
  const peaks = new Map<string, number>();
  const timer = setInterval(() => {
    for (const { name, mebibytes } of descendants(Deno.pid)) {
      peaks.set(name, Math.max(peaks.get(name) ?? 0, mebibytes));
    }
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    return peaks;
  };
}

function descendants(pid: number): readonly { name: string; mebibytes: number }[] {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? "?";
    const field = pid === Deno.pid ? /^VmRSS:\s*(\d+)/m : /^VmHWM:\s*(\d+)/m;
    const mebibytes = Number(field.exec(status)?.[1] ?? 0) / 1024;
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ");
    const own = pid === Deno.pid ? tasksChildren(pid) : children;
    return [
      { name, mebibytes },
      ...own.filter((child) => child !== "").flatMap((child) => descendants(Number(child))),
    ];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

/** A runtime starts programs from any of its threads. */
function tasksChildren(pid: number): string[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ")
  );
}
