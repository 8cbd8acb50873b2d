/** Programs of the bench: started with their output in files, ended by their process. */

import { stopProcess } from "../../../lib/process/stop.ts";

/** What {@linkcode startProgram} takes. */
export interface ProgramSpec {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** All that it reads. */
  readonly stdin?: string;
  /** Gets its stdout; the same with `.err` its stderr. No process of the bench reads along while it is measured. */
  readonly output: string;
}

/** A running one. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Waits until it is ready. @throws with the end of its stderr if it ends before, or takes longer than 20 s; it is ended then */
  until(isReady: () => Promise<boolean>): Promise<void>;
  /** Waits for the first line of its stdout, as {@linkcode until} waits. */
  firstLine(): Promise<string>;
}

const READY_MS = 20_000;
const POLL_MS = 20;

/** Starts one. */
export async function startProgram(spec: ProgramSpec): Promise<Program> {
  const child = new Deno.Command("sh", {
    // `exec`: the process is the program itself.
    args: ["-c", 'out=$1; shift; exec "$@" >"$out" 2>"$out.err"', "sh", spec.output, ...spec.argv],
    env: { ...spec.env },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    // Ctrl-C is ours to pass on.
    detached: true,
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(spec.stdin ?? ""));
  await writer.close();
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  const until = async (isReady: () => Promise<boolean>): Promise<void> => {
    const end = performance.now() + READY_MS;
    while (!await isReady()) {
      if (!hasEnded && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        continue;
      }
      await stopProcess(child);
      const said = await readText(`${spec.output}.err`);
      throw new Error(`${spec.argv[0]} is not ready: ${said.slice(-2_000)}`);
    }
  };
  return {
    pid: child.pid,
    until,
    async firstLine(): Promise<string> {
      let text = "";
      await until(async () => (text = await readText(spec.output)).includes("\n"));
      return text.slice(0, text.indexOf("\n"));
    },
    [Symbol.asyncDispose]: () => stopProcess(child),
  };
}

/** A port that was free a moment ago, for programs that can't be asked which one they took. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Whether somebody listens. */
export async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

/** Empty before the shell has made it. */
async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
