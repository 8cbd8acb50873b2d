/** The program's edge: the only place that sees its arguments and its environment and decides with what code it ends. */

import { BottleError, ExitCode } from "../lib/errors.ts";
import type { Output } from "../lib/context.ts";
import type { Services, Settings } from "./command.ts";
import { hangUp } from "./hang_up.ts";
import { createOutput } from "./output.ts";
import { overview, wantsOverview } from "./overview.ts";

/** What surrounds a run of the program. */
export interface Host {
  readonly out: Output;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Called once, when the command line is fine and its verb begins. */
  services(settings: Settings): Promise<Services>;
}

/**
 * Runs a command line to its end and returns the exit code; never throws.
 *
 * @param args without the program's own name
 */
export async function main(args: readonly string[], host: Host): Promise<number> {
  const settings = settingsOf(args);
  try {
    if (wantsOverview(args)) {
      host.out.stdout(overview());
      return ExitCode.ok;
    }
    return await runVerb(
      args[0] === "--version" ? ["version", ...args.slice(1)] : args,
      settings,
      host,
    );
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return ExitCode.ok;
    const { asBottleError, renderError } = await import("./ui/errors.ts");
    const failure = asBottleError(
      host.signal.aborted ? interruption(host.signal.reason, error) : error,
    );
    host.out.stderr(renderError(failure, {
      json: hasFlag(args, "--json"),
      verbose: settings.verbose,
      useColor: host.out.useColor,
    }));
    return failure.exitCode;
  }
}

/** @throws {BottleError} `usage` for a command line that does not parse, and whatever the verb throws */
async function runVerb(args: readonly string[], settings: Settings, host: Host): Promise<number> {
  const { buildProgram } = await import("./program.ts");
  const { isHelp, usageError } = await import("./usage.ts");
  let code: number = ExitCode.ok;
  const program = await buildProgram(args, async (action) => {
    code = await action(await host.services(settings));
  }, host.out);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (isHelp(error)) return ExitCode.ok;
    throw usageError(error, args.find((arg) => !arg.startsWith("-"))) ?? error;
  }
}

/** An abort shows up as whatever it broke: the abort is the news, unless cleaning up went wrong after it. */
function interruption(reason: unknown, error: unknown): unknown {
  return error instanceof BottleError && error.code === "cleanup-failed" ? error : reason;
}

function settingsOf(args: readonly string[]): Settings {
  return {
    noColor: hasFlag(args, "--no-color"),
    quiet: hasFlag(args, "--quiet") || hasFlag(args, "-q"),
    verbose: hasFlag(args, "--verbose") || hasFlag(args, "-v"),
  };
}

function hasFlag(args: readonly string[], flag: string): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end).includes(flag);
}

async function runAsKeeper(env: (name: string) => string | undefined): Promise<number> {
  const { keeperMain } = await import("./keeper/main.ts");
  const ending = new AbortController();
  Deno.addSignalListener("SIGTERM", () => ending.abort(new Error("SIGTERM")));
  return await keeperMain({
    env,
    signal: ending.signal,
    stdin: Deno.stdin.readable,
    answer: async (line) => {
      const writer = Deno.stdout.writable.getWriter();
      await writer.write(new TextEncoder().encode(`${line}\n`));
      await writer.close();
    },
    pid: Deno.pid,
    uid: Deno.uid(),
  });
}

async function askForge(): Promise<number> {
  const { askForgeMain } = await import("./forge/main.ts");
  return await askForgeMain({
    stdin: Deno.stdin.readable,
    answer: async (text) => {
      const writer = Deno.stdout.writable.getWriter();
      await writer.write(new TextEncoder().encode(text));
      await writer.close();
    },
  });
}

if (import.meta.main) {
  // Not verbs: a person has no use for them.
  if (Deno.args[0] === "ask-forge" && !Deno.stdin.isTerminal()) Deno.exit(await askForge());
  const env = (name: string): string | undefined => Deno.env.get(name);
  // What follows it is the bottle's name, for whoever reads a list of processes.
  if (Deno.args[0] === "keeper" && !Deno.stdin.isTerminal()) Deno.exit(await runAsKeeper(env));

  const interrupt = new AbortController();
  const leftovers = new Set<string>();
  const out = createOutput({ noColor: hasFlag(Deno.args, "--no-color"), env });

  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      const left = [...leftovers].map((what) => `\n  ${what}`).join("");
      out.stderr(left === "" ? "\nLeft at once\n" : `\nLeft at once; this is left:${left}\n`);
      Deno.exit(ExitCode.interrupted);
    }
    if (leftovers.size > 0) {
      out.stderr("\nInterrupted: stopping and cleaning up; Ctrl-C again leaves at once\n");
    }
    interrupt.abort(
      new BottleError("Interrupted", { code: "interrupted", exitCode: ExitCode.interrupted }),
    );
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, onSignal);
  if (Deno.build.os !== "windows") {
    // The kernel may say it twice, to the session's leader and to whoever is in front: the second is no second Ctrl-C.
    Deno.addSignalListener("SIGHUP", () => interrupt.abort(hangUp()));
  }

  const code = await main(Deno.args, {
    out,
    signal: interrupt.signal,
    services: async (settings) => {
      const { createServices } = await import("./services.ts");
      const form = {
        execPath: Deno.execPath(),
        isCompiled: Deno.build.standalone,
        entry: import.meta.url,
        uid: Deno.uid(),
      };
      const { signal } = interrupt;
      return await createServices({ settings, env, out, signal, leftovers, form });
    },
  });
  Deno.exit(code);
}
