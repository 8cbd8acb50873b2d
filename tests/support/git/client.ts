/** git as an agent has it: in a container, as a user, with no key of its own. */

import type { Engine } from "../../../backends/engine/engine.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { type Container, type Ended, type ExecOptions, startContainer } from "./container.ts";
import { ensureGitImage } from "./image.ts";
import type { Sshd } from "./sshd.ts";

/** Options of {@linkcode startGitClient}. */
export interface GitClientOptions {
  readonly engine: Engine;
  /** Of the container; unique on this machine. */
  readonly name: string;
  readonly network: string;
  /** Its address there; default: any. */
  readonly address?: string;
  /** More arguments of `docker run`: limits, names of other hosts. */
  readonly flags?: readonly string[];
}

/** A client. Disposal removes it and its work trees. */
export interface GitClient extends AsyncDisposable {
  readonly container: Container;
  /** Where its work trees are. */
  readonly home: string;
  /** git, by default in its home. */
  run(args: readonly string[], options?: ExecOptions): Promise<Ended>;
  /** The same; stdout without its last line end. @throws {Error} if git fails */
  git(args: readonly string[], options?: ExecOptions): Promise<string>;
  /** A shell script, by default in its home. */
  sh(script: string, options?: ExecOptions): Promise<Ended>;
  /** From now on urls that begin with one text are taken as if they began with another. */
  insteadOf(real: string, other: string): Promise<void>;
  /** Gives it a key for a server, so that it needs no gate: plain ssh. */
  trust(sshd: Sshd, privateKey: string): Promise<void>;
}

/** The same in every run, so that object ids are too. */
const WHO = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
} as const;

const HOME = "/srv/git";

/** Starts one. */
export async function startGitClient(options: GitClientOptions): Promise<GitClient> {
  const { engine, name, network, address, flags = [] } = options;
  const container = await startContainer({
    engine,
    name,
    image: await ensureGitImage(createRun()),
    flags: [
      ...["--user", "git", "--env", `HOME=${HOME}`, "--network", network],
      ...(address === undefined ? [] : ["--ip", address]),
      ...Object.entries({ ...WHO, GIT_TERMINAL_PROMPT: "0" })
        .flatMap(([key, value]) => ["--env", `${key}=${value}`]),
      ...flags,
    ],
  });
  return {
    container,
    home: HOME,
    run: (args, options) => container.exec(["git", ...args], options),
    git: (args, options) => container.read(["git", ...args], options),
    sh: (script, options) => container.exec(["bash", "-c", script], options),
    insteadOf: async (real, other) =>
      void await container.read([
        "git",
        "config",
        "--global",
        "--add",
        `url.${other}.insteadOf`,
        real,
      ]),
    trust: async ({ host, port, hostKey }, privateKey) => {
      const write = `umask 077; mkdir -p ~/.ssh; cat >~/.ssh/id_ed25519`;
      await container.read(["sh", "-c", write], { stdin: privateKey });
      const line = `${port === 22 ? host : `[${host}]:${port}`} ${await hostKey()}\n`;
      await container.read(["sh", "-c", "cat >>~/.ssh/known_hosts"], { stdin: line });
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}
