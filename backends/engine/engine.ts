/** The engine, by its `docker` command line: `DOCKER_HOST`, `DOCKER_CONTEXT` and contexts hold as they do for a person. */

import type { Context } from "../../lib/context.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Duplex, RunOptions, RunResult } from "../../lib/process/run.ts";
import { withoutClientProxies } from "./client_proxies.ts";
import { engineError } from "./errors.ts";

/** Calls the engine. The argument arrays are those of `docker`, without the program. */
export interface Engine {
  /** stdout of a call that succeeded, without the last line end. @throws {BottleError} by `engineError`'s table */
  docker(args: readonly string[], options?: RunOptions): Promise<string>;
  /** The result as it is, also of a call that failed: for commands in a container. */
  raw(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** A call with its stdin and stdout as streams. */
  duplex(args: readonly string[], options?: Pick<RunOptions, "env" | "signal">): Duplex;
  /** A call that gets the person's terminal; returns its exit code. */
  terminal(args: readonly string[], options?: Pick<RunOptions, "env" | "signal">): Promise<number>;
}

/** Makes an {@linkcode Engine}; starts nothing. */
export function createEngine(context: Pick<Context, "run">): Engine {
  const argv = (args: readonly string[]): readonly string[] => [
    "docker",
    ...withoutClientProxies(args),
  ];
  const raw: Engine["raw"] = async (args, options) => {
    try {
      return await context.run(argv(args), options);
    } catch (error) {
      throw engineMissing(error);
    }
  };
  return {
    raw,
    docker: async (args, options) => {
      const result = await raw(args, options);
      if (result.code !== 0) throw engineError(args, result);
      return new TextDecoder().decode(result.stdout).replace(/\r?\n$/, "");
    },
    duplex: (args, options) => {
      try {
        return context.run.duplex(argv(args), options);
      } catch (error) {
        throw engineMissing(error);
      }
    },
    terminal: async (args, options) => {
      try {
        return await context.run.terminal(argv(args), options);
      } catch (error) {
        throw engineMissing(error);
      }
    },
  };
}

/** Says what to install; every other error stays as it is. */
function engineMissing(error: unknown): unknown {
  if (!(error instanceof BottleError) || error.code !== "program-missing") return error;
  return new BottleError(`No "docker" command on PATH`, {
    code: "docker-missing",
    exitCode: ExitCode.cannotStart,
    hint: "Install Docker Engine, Docker Desktop, OrbStack or Colima, and start it",
    cause: error,
  });
}
