/** The program itself in a process of its own, in a home of the test's own, with the permissions that its launcher gives it. */

import { permissionFlags } from "../../../cli/permissions.ts";
import { createEngine, type Engine } from "../../../backends/engine/engine.ts";
import { homeId, Label } from "../../../lib/names.ts";
import { LineSplitter } from "../../../lib/process/line_splitter.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { ROOT } from "../../support/suites/files.ts";

/** What a command line left. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode TestHome.start}. */
export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Called with each whole line of stdout and stderr. */
  readonly onLine?: (line: string, process: Deno.ChildProcess) => void;
}

/** A home with a scripted agent `demo` in a bottle `dev`. Disposal removes its bottles, whatever became of them, and itself. */
export interface TestHome extends AsyncDisposable {
  readonly folder: string;
  /** Runs a command line to its end. */
  run(...args: string[]): Promise<Ended>;
  /** The same with options. */
  start(args: readonly string[], options?: StartOptions): Promise<Ended>;
  /** Starts a detached bottle and returns its slug. */
  startBottle(...args: string[]): Promise<string>;
  /** Names of everything in the engine with this home's label. */
  left(): Promise<readonly string[]>;
}

/** For the tests' own look at what the program did. */
export const engine: Engine = createEngine({ run: createRun() });

/** The argv of the program. */
export function programArgv(...args: string[]): readonly string[] {
  const flags = permissionFlags();
  return [Deno.execPath(), "run", "--quiet", ...flags, `${ROOT}cli/main.ts`, ...args];
}

/** Makes it. */
export async function makeHome(): Promise<TestHome> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-e2e-" }));
  await Deno.mkdir(`${folder}/bottles`);
  await Deno.mkdir(`${folder}/agents`);
  await Deno.writeTextFile(
    `${folder}/bottles/dev.md`,
    "---\nagent_provider: { template: scripted }\nresources: { cpus: 1, memory: 512m, pids: 128 }\n---\n",
  );
  await Deno.writeTextFile(`${folder}/agents/demo.md`, "---\nbottle: dev\n---\n");
  const filter = ["--filter", `label=${Label.home}=${homeId(folder)}`];

  const start: TestHome["start"] = async (args, options = {}) => {
    const env = { BOT_BOTTLE_HOME: folder, NO_COLOR: "1", ...options.env };
    return await runProcess(programArgv(...args), { ...options, env });
  };
  const run: TestHome["run"] = (...args) => start(args);
  const left = async (): Promise<readonly string[]> => {
    const texts = await Promise.all([
      engine.docker(["ps", "--all", "--format", "{{.Names}}", ...filter]),
      engine.docker(["network", "ls", "--format", "{{.Name}}", ...filter]),
      engine.docker(["volume", "ls", "--format", "{{.Name}}", ...filter]),
    ]);
    return texts.flatMap((text) => text.split("\n")).filter((name) => name !== "");
  };
  return {
    folder,
    run,
    start,
    left,
    startBottle: async (...args) => {
      const { code, stdout, stderr } = await run("start", "demo", "--yes", "--detach", ...args);
      if (code !== 0) throw new Error(`start ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
    [Symbol.asyncDispose]: async () => {
      const { code, stderr } = await run("cleanup", "--all", "--yes");
      const names = await left();
      await Deno.remove(folder, { recursive: true });
      if (code !== 0 || names.length > 0) throw new Error(`left: ${names.join(", ")}; ${stderr}`);
    },
  };
}

/** Asks for a host that no bottle of these tests allows; prints the status that egress gives. */
export const REFUSED = [
  "curl",
  "-sS",
  "-o",
  "/dev/null",
  "-w",
  "%{http_connect}",
  "https://x.example/",
] as const;

const STEP = /^✓ (.+?) [0-9.]+s( |$)/;

/** Names of the steps that a launch said it had ended. */
export function finishedSteps(stderr: string): readonly string[] {
  return stderr.split("\n").flatMap((line) => STEP.exec(line)?.[1] ?? []);
}

/** Sends what Ctrl-C sends, or another signal, when a step, by name or by number from 1, has ended. */
export function interruptAfter(
  step: string | number,
  signal: Deno.Signal = "SIGINT",
): NonNullable<StartOptions["onLine"]> {
  let ended = 0;
  return (line, process) => {
    const [, name] = STEP.exec(line) ?? [];
    if (name === undefined) return;
    ended++;
    if (step === name || step === ended) interrupt(process, signal);
  };
}

/** Sends what Ctrl-C sends, or another signal, to a process that may have ended by now. */
export function interrupt(process: Deno.ChildProcess, signal: Deno.Signal = "SIGINT"): void {
  try {
    process.kill(signal);
  } catch (error) {
    // "Child process has already terminated".
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Runs a program to its end. */
export async function runProcess(
  [program = "", ...args]: readonly string[],
  options: StartOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: options.env }),
  }).spawn();
  const [stdout, stderr, { code }] = await Promise.all([
    collect(child.stdout, (line) => options.onLine?.(line, child)),
    collect(child.stderr, (line) => options.onLine?.(line, child)),
    child.status,
    feed(child.stdin, options.stdin ?? ""),
  ]);
  return { code, stdout, stderr };
}

/** A program that ends without reading breaks the pipe: that is its right. */
async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text)).catch(() => {});
  await writer.close().catch(() => {});
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<string> {
  const decoder = new TextDecoder();
  const splitter = new LineSplitter(onLine);
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    splitter.push(chunk);
  }
  splitter.end();
  return text;
}

/** Polls until it holds. @throws {Error} with `what` after `timeoutMs` */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!await holds()) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
