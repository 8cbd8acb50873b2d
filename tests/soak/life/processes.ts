/** Processes of this machine, by what stands on their command lines. */

/** One of them. */
export interface FoundProcess {
  readonly pid: number;
  /** Arguments, with spaces between. */
  readonly command: string;
}

/** Those whose command line has the text. */
export async function processesWith(text: string): Promise<readonly FoundProcess[]> {
  const found: FoundProcess[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(name) || Number(name) === Deno.pid) continue;
    const command = await commandOf(name);
    if (command.includes(text)) found.push({ pid: Number(name), command });
  }
  return found;
}

/** Empty for one that has ended meanwhile. */
async function commandOf(pid: string): Promise<string> {
  try {
    return (await Deno.readTextFile(`/proc/${pid}/cmdline`)).replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}
