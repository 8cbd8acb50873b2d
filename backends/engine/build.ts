/** Building an image from a Dockerfile's text and a few files. */

import { packTar, type TarEntry } from "../../lib/archive/pack.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { Engine } from "./engine.ts";
import { layerFile, LayerNote } from "./build_layer.ts";
import { BuildTraces, removeTraces } from "./build_traces.ts";
import { engineError, isOfEngine, printableLines } from "./errors.ts";

/** Options of {@linkcode buildImage}. */
export interface BuildOptions {
  readonly tag: string;
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  /** Other files of the build's context. No host folder is ever sent. */
  readonly files?: readonly TarEntry[];
  /** The Dockerfile's name in the context; default `Dockerfile`. */
  readonly dockerfileName?: string;
  /** Runs every step, whatever the engine remembers of it. */
  readonly noCache?: boolean;
  /** `--build-arg`s: they stay in the image's history, so never a secret. */
  readonly args?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Each line of the build's output, control characters escaped. */
  readonly onLine?: (line: string) => void;
  /** Where the whole output goes if the build fails; its folder is made. */
  readonly logFile: string;
  readonly signal?: AbortSignal;
}

/** How many of the last lines an error shows. */
const LAST_LINES = 15;

/**
 * Builds; the context travels as a tar on stdin, so this works with an engine on another machine too.
 *
 * @throws {BottleError} `image-build-failed` with the last lines and the log's path; what `engineError` knows besides
 */
export async function buildImage(engine: Engine, options: BuildOptions): Promise<void> {
  const context = await packTar([
    { name: options.dockerfileName ?? "Dockerfile", mode: 0o644, content: options.dockerfile },
    ...options.files ?? [],
  ]);
  const log: string[] = [];
  const traces = new BuildTraces();
  const note = new LayerNote(layerFile(options.logFile));
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    if (options.signal?.aborted !== true) return await note.keep();
    if (await removeTraces(engine, traces)) await note.remove();
  });
  const result = await engine.raw(buildArgs(options), {
    stdin: context,
    onLine: (line) => {
      for (const text of printableLines(line)) {
        log.push(text);
        traces.read(text);
        note.write(traces.layer);
        options.onLine?.(text);
      }
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (result.code !== 0) throw await buildFailed(options, log, engineError(["build"], result));
  await note.remove();
}

/** The argv, in a fixed order. */
export function buildArgs(
  options: Pick<BuildOptions, "tag" | "args" | "labels" | "dockerfileName" | "noCache">,
): string[] {
  const { dockerfileName, noCache = false } = options;
  const pairs = (flag: string, values: Readonly<Record<string, string>> = {}): string[] =>
    Object.entries(values).sort(([a], [b]) => a < b ? -1 : 1).flatMap((
      [key, value],
    ) => [flag, `${key}=${value}`]);
  return [
    "build",
    "--tag",
    options.tag,
    ...(dockerfileName === undefined ? [] : ["--file", dockerfileName]),
    ...(noCache ? ["--no-cache"] : []),
    ...pairs("--label", options.labels),
    ...pairs("--build-arg", options.args),
    // The legacy builder keeps the container of a step that failed or was broken off, without a label.
    "--force-rm",
    "-",
  ];
}

async function buildFailed(
  options: BuildOptions,
  log: readonly string[],
  cause: BottleError,
): Promise<BottleError> {
  if (isOfEngine(cause)) return cause;
  const written = await writeLog(options.logFile, log);
  return new BottleError(`Building the image "${options.tag}" failed`, {
    code: "image-build-failed",
    exitCode: ExitCode.cannotStart,
    details: log.slice(-LAST_LINES),
    ...(written ? { hint: `The whole output is in "${options.logFile}"` } : {}),
    cause,
  });
}

/** A log that can't be written must not hide why the build failed. */
async function writeLog(file: string, log: readonly string[]): Promise<boolean> {
  try {
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(file, log.map((line) => `${line}\n`).join(""), { mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}
