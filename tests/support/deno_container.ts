/** A TypeScript program of the tests in a container of its own: servers to talk to, watchers of processes. */

import { packTar } from "../../lib/archive/pack.ts";
import { LineSplitter } from "../../lib/process/line_splitter.ts";
import type { Run } from "../../lib/process/run.ts";
import { ROOT, walkFiles } from "./suites/files.ts";

/** Debian with the Deno that the bundle has. */
const DOCKERFILE = `FROM debian:trixie-slim
COPY --from=denoland/deno:bin-2.9.6 /deno /usr/local/bin/deno
`;
const IMAGE = "bot-bottle-test-deno:2.9.6";

/** Options of {@linkcode startDenoContainer}. */
export interface DenoContainerOptions {
  readonly run: Run;
  /** The container's name. */
  readonly name: string;
  /** Folders of the repository with the program, what it imports and what it starts; no packages. */
  readonly folders: readonly string[];
  /** The program, from the repository's root. */
  readonly entry: string;
  /** Arguments of the program. */
  readonly args?: readonly string[];
  /** An image with `deno` on its PATH; default: {@linkcode ensureDenoImage}'s. */
  readonly image?: string;
  /** Further arguments of `docker create`. */
  readonly flags: readonly string[];
  /** Called with each line of the program's stdout. */
  readonly onLine: (line: string) => void;
}

/** A running program. Disposal closes its stdin and removes the container. */
export interface DenoContainer extends AsyncDisposable {
  /** Writes a line to the program's stdin. */
  send(line: string): Promise<void>;
  /** Resolves when the program has ended; `stderr` holds its last 4 KiB. */
  readonly ended: Promise<{ readonly code: number; readonly stderr: string }>;
}

/** Builds the image if it isn't there; returns its tag. */
export async function ensureDenoImage(run: Run): Promise<string> {
  if ((await run(["docker", "image", "inspect", IMAGE])).code !== 0) {
    await docker(run, ["build", "--tag", IMAGE, "-"], DOCKERFILE);
  }
  return IMAGE;
}

/** Creates the container, copies the program in, and starts it. */
export async function startDenoContainer(options: DenoContainerOptions): Promise<DenoContainer> {
  const { run, name, entry, args = [], flags, onLine } = options;
  const image = options.image ?? await ensureDenoImage(run);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => remove(run, name));
  const program = ["deno", "run", "--no-remote", "--allow-all", `/srv/${entry}`, ...args];
  await docker(run, ["create", "--interactive", "--name", name, ...flags, image, ...program]);
  await docker(run, ["cp", "-", `${name}:/`], await packProgram(options.folders));
  const duplex = run.duplex(["docker", "start", "--attach", "--interactive", name]);
  const pumped = pump(duplex.readable, onLine);
  const writer = duplex.writable.getWriter();
  undo.defer(async () => {
    await writer.close().catch(() => {});
    writer.releaseLock();
    await remove(run, name);
    await pumped;
    await duplex[Symbol.asyncDispose]();
  });
  const owned = undo.move();
  return {
    ended: duplex.ended,
    send: (line) => writer.write(new TextEncoder().encode(`${line}\n`)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs a docker command to its end; gives back stdout, trimmed. @throws {Error} with its stderr if its exit code is not 0 */
export async function docker(
  run: Run,
  args: readonly string[],
  stdin?: string | Uint8Array,
): Promise<string> {
  const result = await run(["docker", ...args], stdin === undefined ? {} : { stdin });
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).trim();
  if (result.code === 0) return text(result.stdout);
  throw new Error(`docker ${args.slice(0, 2).join(" ")}: ${text(result.stderr)}`);
}

async function remove(run: Run, name: string): Promise<void> {
  await run(["docker", "rm", "--force", "--volumes", name]);
}

async function packProgram(folders: readonly string[]): Promise<Uint8Array> {
  const files = (await Promise.all(folders.map((folder) => walkFiles(folder, /\.(ts|py)$/))))
    .flat();
  return await packTar(
    await Promise.all(files.map(async (file) => ({
      name: `srv/${file}`,
      mode: 0o644,
      content: await Deno.readFile(ROOT + file),
    }))),
  );
}

async function pump(
  readable: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const splitter = new LineSplitter(onLine);
  for await (const chunk of readable) splitter.push(chunk);
  splitter.end();
}
