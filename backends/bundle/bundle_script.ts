/** Bundling the sidecars of a checkout into one file. */

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Context } from "../../lib/context.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";

/** The folders whose sources may be in the file. */
const SOURCES = ["lib/", "sidecars/"];

/**
 * The bundled file, from the cache if these very sources were bundled before: bundling takes half a second.
 *
 * @param root the checkout
 * @throws {BottleError} `sidecars-unavailable` with the bundler's last lines
 */
export async function bundleScript(
  context: Pick<Context, "run" | "env" | "home">,
  root: URL,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const folder = `${cacheFolder(context)}/sidecars`;
  const file = `${folder}/${await sourcesHash(root)}.js`;
  const cached = await readIfThere(file);
  if (cached !== undefined) return cached;
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  // Made beside its place and moved there whole: two programs at once may both make it, neither sees half of one.
  const draft = await Deno.makeTempFile({ dir: folder, prefix: "draft-", suffix: ".js" });
  try {
    await runBundler(context, root, { entry: "sidecars/main.ts", into: draft }, signal);
    const script = await Deno.readFile(draft);
    await Deno.rename(draft, file);
    return script;
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

/** `$XDG_CACHE_HOME/bot-bottle` or `~/.cache/bot-bottle`; in bot-bottle's own home where there is neither. */
export function cacheFolder(context: Pick<Context, "env" | "home">): string {
  const xdg = context.env("XDG_CACHE_HOME");
  if (xdg?.startsWith("/")) return `${xdg}/bot-bottle`;
  const home = context.env("HOME");
  return home?.startsWith("/") ? `${home}/.cache/bot-bottle` : `${context.home}/cache`;
}

/** What {@linkcode runBundler} makes of what. */
export interface BundlerJob {
  /** The module to begin at, in the checkout. */
  readonly entry: string;
  /** Where the file goes. */
  readonly into: string;
  /** Path of an import map that swaps modules. */
  readonly importMap?: string;
}

/**
 * Bundles a module of a checkout and all that it imports into one file.
 *
 * @throws {BottleError} `sidecars-unavailable` with the bundler's last lines
 */
export async function runBundler(
  context: Pick<Context, "run">,
  root: URL,
  job: BundlerJob,
  signal?: AbortSignal,
): Promise<void> {
  const path = (name: string): string => fileURLToPath(new URL(name, root));
  const result = await context.run([
    Deno.execPath(),
    "bundle",
    ...["--quiet", "--minify", "--frozen"],
    ...["--config", path("deno.json")],
    ...(job.importMap === undefined ? [] : ["--import-map", job.importMap]),
    ...["--output", job.into],
    path(job.entry),
  ], signal === undefined ? {} : { signal });
  if (result.code === 0) return;
  const lines = new TextDecoder().decode(result.stderr).trim().split("\n");
  throw new BottleError(`Cannot bundle "${job.entry}"`, {
    code: "sidecars-unavailable",
    exitCode: ExitCode.cannotStart,
    hint: "Run `deno task build` once while the npm registry can be reached",
    details: lines.slice(-15),
  });
}

/** SHA-256 over every source, the lock file and Deno's version: first 24 hex digits. */
async function sourcesHash(root: URL): Promise<string> {
  const files = (await Promise.all(SOURCES.map((folder) => listSources(new URL(folder, root)))))
    .flat().toSorted((a, b) => a.href < b.href ? -1 : 1);
  const contents = await Promise.all(
    [new URL("deno.lock", root), ...files].map((file) => Deno.readFile(file)),
  );
  const hash = createHash("sha256").update(Deno.version.deno);
  for (const [index, content] of contents.entries()) {
    hash.update(`\0${files[index - 1]?.href.slice(root.href.length) ?? ""}\0${content.length}\0`);
    hash.update(content);
  }
  return hash.digest("hex").slice(0, 24);
}

async function listSources(folder: URL): Promise<readonly URL[]> {
  const found: URL[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) found.push(...await listSources(new URL(`${entry.name}/`, folder)));
    else if (entry.name.endsWith(".ts")) found.push(new URL(entry.name, folder));
  }
  return found;
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
