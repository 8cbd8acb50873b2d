/** Starting a keeper. */

import { BottleError } from "../../lib/errors.ts";
import { type DetachedProcess, startDetached } from "../../lib/process/detached.ts";
import type { Slug } from "../../lib/names.ts";
import { keeperEnvironment } from "./environment.ts";
import { programArgv, type ProgramForm } from "./program_argv.ts";
import { formatSeed, type KeeperSeed } from "./protocol.ts";

/** A keeper's process that waits to be told which bottle it keeps. Disposal ends one that was never told. */
export interface WaitingKeeper extends AsyncDisposable {
  /**
   * Tells it, and waits until it holds the bottle's lock, which must be free by now.
   *
   * @throws {BottleError} `keeper-failed`, with its word
   */
  keep(environment: KeeperSeed["environment"]): Promise<void>;
}

/** How long a keeper may take to have the lock and to listen, in milliseconds. */
const READY_MS = 15_000;

/** What a keeper is started from. */
export interface KeeperOrigin {
  readonly form: ProgramForm;
  readonly env: (name: string) => string | undefined;
  /** Absolute. */
  readonly home: string;
}

/** Starts the process, which then waits: so it may be started while other things still go on. */
export function startKeeper({ form, env, home }: KeeperOrigin, slug: Slug): WaitingKeeper {
  const argv = programArgv(form, "keeper", slug);
  const process = startDetached({ argv, env: keeperEnvironment(env, home), cwd: "/" });
  // One that dies early is told of by `keep`.
  process.firstLine.catch(() => undefined);
  let isTold = false;
  return {
    keep: async (environment) => {
      isTold = true;
      try {
        await process.tell(formatSeed({ slug, home, environment }));
        await becomeReady(process);
      } catch (error) {
        process.kill();
        throw keeperFailed(slug, error);
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (isTold) return;
      // Told nothing it ends by itself; one that has not got so far is ended.
      await process.tell("").catch(() => undefined);
      process.kill();
    },
  };
}

async function becomeReady(process: DetachedProcess): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It does not say that it is ready")), READY_MS);
  try {
    const line = await Promise.race([process.firstLine, late]);
    if (line === undefined) throw new Error("It ended at once");
    const { ready, error }: { ready?: unknown; error?: unknown } = JSON.parse(line);
    if (ready !== true) throw new Error(typeof error === "string" ? error : "It says nonsense");
  } finally {
    clearTimeout(timer);
  }
}

function keeperFailed(slug: Slug, cause: unknown): BottleError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new BottleError(`The keeper of "${slug}" could not start: ${why}`, {
    code: "keeper-failed",
    hint: `The bottle goes on without it; \`bot-bottle attach ${slug}\` starts another`,
    cause,
  });
}
