/**
 * git on the host, in an environment that a repository can't talk into starting anything: whatever git runs by itself
 * (hooks, file system monitors, filters, pagers, transports, credential helpers) is switched off where a repository's own
 * configuration can't switch it on again. Filters and diff drivers have no such switch: what reads a work tree, an index or
 * attributes runs in a `scratchRepository`, whose configuration is ours.
 */

import type { Context } from "../context.ts";
import { BottleError, ExitCode } from "../errors.ts";
import type { Duplex, RunOptions } from "../process/run.ts";

/** Where git works. */
export interface GitPlace {
  /** git starts in this folder (`-C`), and looks for a repository from there upwards unless `gitDir` says which. */
  readonly folder: string;
  /** The repository itself, absolute; then git doesn't look for one. */
  readonly gitDir?: string;
  /** The work tree, absolute; only with a `gitDir` whose configuration is ours. */
  readonly workTree?: string;
  /** Another index than the repository's, absolute. */
  readonly indexFile?: string;
  /** Repositories of other users that the person has called safe: `safe.directory`'s values. */
  readonly safeFolders?: readonly string[];
}

/** What a call takes. */
export interface GitOptions
  extends Pick<RunOptions, "stdin" | "keepBytes" | "onLine" | "signal" | "timeoutMs"> {
  /** Let it read a bundle or a repository that lies on this machine. Default: no transport at all. */
  readonly allowFile?: boolean;
  /** More configuration, `name=value`, for this call. */
  readonly config?: readonly string[];
  /** More variables for this call: dates and names of a commit, never a value that git starts. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a call left, as UTF-8. */
export interface GitResult {
  /** Exit code. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** git at one place. */
export interface HostGit {
  /** Runs to the end. Never throws for a non-zero exit. @throws {BottleError} `git-missing` */
  (args: readonly string[], options?: GitOptions): Promise<GitResult>;
  /** stdout of a call that succeeded. @throws {BottleError} `git-failed` with git's last lines, `git-missing` */
  text(args: readonly string[], options?: GitOptions): Promise<string>;
  /** Starts, and hands over stdin and stdout. @throws {BottleError} `git-missing` */
  stream(
    args: readonly string[],
    options?: Pick<GitOptions, "allowFile" | "config" | "env" | "signal">,
  ): Duplex;
}

/** What {@linkcode hostGit} takes of the host: the starter of programs, and PATH and the folder for temporary files. */
export type GitHost = Pick<Context, "run" | "env">;

/** Lines of stderr that an error shows. */
const MAX_DETAILS = 10;

/** git at a place, with the environment that this module's head describes. Starts nothing by itself. */
export function hostGit(host: GitHost, place: GitPlace): HostGit {
  const argv = (args: readonly string[], options: GitOptions): readonly string[] => [
    "git",
    "-C",
    place.folder,
    ...switches(place, options),
    ...args,
  ];
  const env = (options: GitOptions): Record<string, string> => environment(host, place, options);
  const call = async (args: readonly string[], options: GitOptions = {}): Promise<GitResult> => {
    const { allowFile: _allowFile, config: _config, ...rest } = options;
    const result = await missing(() =>
      host.run(argv(args, options), { ...rest, env: env(options), clearEnv: true })
    );
    const decoder = new TextDecoder();
    return {
      code: result.code,
      stdout: decoder.decode(result.stdout),
      stderr: decoder.decode(result.stderr),
    };
  };
  return Object.assign(call, {
    text: async (args: readonly string[], options?: GitOptions): Promise<string> => {
      const result = await call(args, options);
      if (result.code !== 0) throw gitFailed(args, result);
      return result.stdout;
    },
    stream: (args: readonly string[], options: GitOptions = {}): Duplex => {
      const { signal } = options;
      try {
        return host.run.duplex(argv(args, options), {
          env: env(options),
          clearEnv: true,
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (error) {
        throw gitMissing(error);
      }
    },
  });
}

/** The error for a call that should have succeeded. */
export function gitFailed(
  args: readonly string[],
  { code, stderr }: Pick<GitResult, "code" | "stderr">,
): BottleError {
  const lines = stderr.trim().split("\n").filter((line) => line !== "");
  return new BottleError(`"git ${args[0] ?? ""}" ended with ${code}`, {
    code: "git-failed",
    details: lines.slice(-MAX_DETAILS),
  });
}

/**
 * What git may ask of memory in one piece, `options.env` may lower it: a ref, or a list of ignored files, that is a link to a device
 * without an end would take all there is. Packs and indexes are mapped, and don't count.
 */
const MAX_ALLOCATION = "2g";

/** Settings that a repository's own can't override: the command line comes last. */
const SWITCHES: readonly string[] = [
  "core.fsmonitor=false",
  "core.untrackedCache=false",
  "core.hooksPath=/dev/null",
  "core.attributesFile=/dev/null",
  "core.excludesFile=/dev/null",
  "core.alternateRefsCommand=false",
  "core.askPass=false",
  "core.sshCommand=false",
  "core.gitProxy=false",
  "core.editor=false",
  "core.pager=cat",
  "credential.helper=",
  "diff.ignoreSubmodules=all",
  "gc.auto=0",
  "gpg.program=false",
  "gpg.ssh.program=false",
  "gpg.x509.program=false",
  "log.showSignature=false",
  "commit.gpgSign=false",
  "maintenance.auto=false",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "fetch.writeCommitGraph=false",
];

function switches(place: GitPlace, options: GitOptions): readonly string[] {
  const settings = [
    ...SWITCHES,
    "protocol.allow=never",
    ...(options.allowFile === true ? ["protocol.file.allow=always"] : []),
    ...(place.safeFolders ?? []).map((folder) => `safe.directory=${folder}`),
    ...(options.config ?? []),
  ];
  return ["--no-pager", ...settings.flatMap((setting) => ["-c", setting])];
}

/**
 * Nothing is inherited but PATH and the folder for temporary files. HOME stays out: neither the person's configuration nor
 * the machine's is read, for both may name programs. `GIT_*` of the caller (a hook's, say) would lead git elsewhere.
 */
function environment(
  host: GitHost,
  place: GitPlace,
  options: GitOptions,
): Record<string, string> {
  const inherited = Object.fromEntries(
    ["PATH", "TMPDIR", "SUDO_UID"].flatMap((name) => {
      const value = host.env(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...inherited,
    LC_ALL: "C",
    GIT_ALLOC_LIMIT: MAX_ALLOCATION,
    GIT_ALLOW_PROTOCOL: options.allowFile === true ? "file" : "none",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0",
    ...options.env,
    ...(place.gitDir === undefined ? {} : { GIT_DIR: place.gitDir }),
    ...(place.workTree === undefined ? {} : { GIT_WORK_TREE: place.workTree }),
    ...(place.indexFile === undefined ? {} : { GIT_INDEX_FILE: place.indexFile }),
  };
}

async function missing<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    throw gitMissing(error);
  }
}

/** Says what to install; every other error stays as it is. */
function gitMissing(error: unknown): unknown {
  if (!(error instanceof BottleError) || error.code !== "program-missing") return error;
  return new BottleError(`No "git" command on PATH`, {
    code: "git-missing",
    exitCode: ExitCode.cannotStart,
    hint: "Install git: a workspace goes in and out as a git bundle",
    cause: error,
  });
}
