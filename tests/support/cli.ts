/** The command line in a test: arguments in; exit code, stdout and stderr out; a home on disk, an engine in memory. */

import type { Services } from "../../cli/command.ts";
import { main } from "../../cli/main.ts";
import type { SendRequest } from "../../lib/deploy_key/api_request.ts";
import { BottleError } from "../../lib/errors.ts";
import { StateStore } from "../../lib/state/store.ts";
import { fakeContext, type FakeProgram, fakeRun } from "./context.ts";
import { FakeKeepers } from "./fake_keepers.ts";
import { FakeBackend, type FakeBackendOptions } from "./fake_backend.ts";
import type { Run } from "../../lib/process/run.ts";
import { manifestFiles, markdown } from "./manifest_files.ts";

/** What a test varies. */
export interface CliOptions extends Omit<FakeBackendOptions, "context"> {
  /** Files below the root; the home is `home/`. Default: a scripted agent `demo` in a bottle `dev`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** stdin, stdout and stderr are a terminal, and these lines are typed. Absent: a pipe. */
  readonly typed?: readonly string[];
  /** What a pipe brings. */
  readonly piped?: string;
  readonly signal?: AbortSignal;
  /** What programs of the host do, such as the commands that credentials come from; default nothing. */
  readonly program?: FakeProgram;
  /** Starts real programs instead: git. */
  readonly programs?: Run;
  /** Answers requests to forges; default none gets through. */
  readonly send?: SendRequest;
}

/** What a command line left. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home and an engine for several command lines. */
export interface Cli extends AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly backend: FakeBackend;
  readonly states: StateStore;
  readonly keepers: FakeKeepers;
  write(path: string, text: string): Promise<string>;
  run(...args: string[]): Promise<CliResult>;
}

/** The default files. */
export const demoFiles = {
  "home/bottles/dev.md": markdown("agent_provider:\n  template: scripted"),
  "home/agents/demo.md": markdown("bottle: dev", "echo hello"),
} as const;

/** Makes them. Random is not: slugs are the same in each run. */
export async function makeCli(options: CliOptions = {}): Promise<Cli> {
  const files = await manifestFiles(options.files ?? demoFiles);
  const { home, root } = files;
  const env = (name: string): string | undefined => options.env?.[name];
  const random = countingRandom();
  const backend = new FakeBackend({ ...options, context: { env, home, random } });
  const states = new StateStore(home);
  const keepers = new FakeKeepers(states);
  const typed = [...options.typed ?? []];
  const isTerminal = options.typed !== undefined;

  const run = async (...args: string[]): Promise<CliResult> => {
    const context = fakeContext({
      env,
      home,
      random,
      cwd: root,
      run: options.programs ?? fakeRun(options.program),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const out = {
      ...context.out,
      isTerminal: { stdin: isTerminal, stdout: isTerminal, stderr: isTerminal },
    };
    const code = await main(args, {
      out,
      signal: context.signal,
      services: (settings) =>
        Promise.resolve<Services>({
          context: { ...context, out },
          settings,
          states,
          backend: () => Promise.resolve(backend),
          keepers,
          forge: { send: options.send ?? sendNowhere, tokens: new Map() },
          readLine: () => Promise.resolve(typed.shift() ?? null),
          readInput: () => Promise.resolve(new TextEncoder().encode(options.piped ?? "")),
          input: () => ReadableStream.from([new TextEncoder().encode(options.piped ?? "")]),
          leftovers: new Set(),
        }),
    });
    const tidy = (text: string): string => text.replaceAll(root, "/root");
    return { code, stdout: tidy(context.printed.stdout), stderr: tidy(context.printed.stderr) };
  };
  return {
    root,
    home,
    backend,
    states,
    keepers,
    run,
    write: files.write,
    [Symbol.asyncDispose]: async () => {
      keepers[Symbol.dispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}

const sendNowhere: SendRequest = () =>
  Promise.reject(new BottleError("No forge is there", { code: "deploy-key-unreachable" }));

/** 0, 1, 2, …: the first slug of an agent "demo" is `demo-abcde`. */
function countingRandom(): (length: number) => Uint8Array {
  let next = 0;
  return (length) => Uint8Array.from({ length }, () => next++ % 256);
}
