/** Keepers of bottles that tests made. After the tests there must be none. */

/** A keeper's process. */
export interface LeftKeeper {
  readonly pid: number;
  /** The bottle's name. */
  readonly slug: string;
  /** The home that it keeps it for. */
  readonly home: string;
}

/** Keepers of homes below a folder. @param processes Linux's `/proc`; where there is none, none is found */
export async function listLeftKeepers(
  folder: string,
  processes = "/proc",
): Promise<readonly LeftKeeper[]> {
  const found: LeftKeeper[] = [];
  for (const name of await processNames(processes)) {
    const [argv, env] = await Promise.all([
      readStrings(`${processes}/${name}/cmdline`),
      readStrings(`${processes}/${name}/environ`),
    ]);
    const home = env.find((line) => line.startsWith(HOME))?.slice(HOME.length);
    if (argv.at(-2) !== "keeper" || home === undefined) continue;
    if (home.startsWith(`${folder}/`)) {
      found.push({ pid: Number(name), slug: argv.at(-1) ?? "", home });
    }
  }
  return found;
}

const HOME = "BOT_BOTTLE_HOME=";

async function processNames(folder: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => name).filter((name) => /^\d+$/.test(name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Of a process that may have ended, or be another's: nothing then. */
async function readStrings(file: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.split("\0").filter((part) => part !== "");
}

/** Ends them. */
export function endLeftKeepers(keepers: readonly LeftKeeper[]): void {
  for (const { pid } of keepers) {
    try {
      Deno.kill(pid, "SIGTERM");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
