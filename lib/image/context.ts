/** Reads the folder that a Dockerfile lies in: the build's context, whole, so that what is hashed is what is built. */

import { join } from "node:path";
import { BottleError, type SourcePlace } from "../errors.ts";
import { type IgnoreRules, parseIgnore } from "./ignore.ts";
import type { BuildContext, ContextEntry } from "./types.ts";

/** 64 MiB: a context is held in memory from the plan to the build. */
export const MAX_CONTEXT_BYTES = 64 * 1024 ** 2;
/** Files, folders and links. */
export const MAX_CONTEXT_ENTRIES = 10_000;

/** The operator's CA in every context; a file of that name in the folder gives way to it. */
export const EXTRA_CA_FILE = "extra-ca.pem";

const IGNORE_FILE = ".dockerignore";

/** What {@linkcode readContext} reads. */
export interface ContextRequest {
  /** Absolute. */
  readonly folder: string;
  /** The Dockerfile's name in it: taken whatever `.dockerignore` says. */
  readonly dockerfile: string;
  /** Where the Dockerfile is named, for errors. */
  readonly place?: SourcePlace;
}

/**
 * All of the folder but what its `.dockerignore` excludes. No link is followed: one is taken as a link.
 *
 * @throws {BottleError} `context-too-large`, `context-unreadable`
 */
export async function readContext(request: ContextRequest): Promise<BuildContext> {
  const { folder } = request;
  const walk = new Walk(request, await readIgnore(request));
  await walk.enter("");
  const entries = walk.entries.toSorted((a, b) => a.name < b.name ? -1 : 1);
  return { folder, entries, bytes: walk.bytes };
}

class Walk {
  readonly entries: ContextEntry[] = [];
  bytes = 0;
  readonly #request: ContextRequest;
  readonly #rules: IgnoreRules;

  constructor(request: ContextRequest, rules: IgnoreRules) {
    this.#request = request;
    this.#rules = rules;
  }

  /** @param path relative; empty: the folder itself */
  async enter(path: string): Promise<void> {
    for (const entry of await listNames(this.#request, path)) {
      const name = path === "" ? entry : `${path}/${entry}`;
      if (name !== EXTRA_CA_FILE) await this.#take(name);
    }
  }

  async #take(name: string): Promise<void> {
    const { folder, dockerfile } = this.#request;
    const isAlways = name === dockerfile || name === IGNORE_FILE;
    const isIgnored = !isAlways && this.#rules.ignores(name);
    if (isIgnored && !this.#rules.hasExceptions) return;
    const path = join(folder, name);
    const info = await this.#attempt(name, () => Deno.lstat(path));
    if (info.isDirectory) {
      if (!isIgnored) this.#add({ kind: "folder", name, mode: modeOf(info, 0o755) });
      return await this.enter(name);
    }
    if (isIgnored) return;
    if (info.isSymlink) {
      return this.#add({
        kind: "link",
        name,
        to: await this.#attempt(name, () => Deno.readLink(path)),
      });
    }
    if (!info.isFile) throw unreadable(this.#request, name, "is neither file, folder nor link");
    this.#count(info.size);
    const content = await this.#attempt(name, () => Deno.readFile(path));
    this.#count(content.length - info.size);
    this.#add({ kind: "file", name, mode: modeOf(info, 0o644), content });
  }

  #add(entry: ContextEntry): void {
    this.entries.push(entry);
    if (this.entries.length > MAX_CONTEXT_ENTRIES) {
      throw tooLarge(this.#request, `more than ${MAX_CONTEXT_ENTRIES} files and folders`);
    }
  }

  /** Before a file is read: one that is too large is never in memory. */
  #count(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_CONTEXT_BYTES) {
      throw tooLarge(this.#request, `more than ${MAX_CONTEXT_BYTES / 1024 ** 2} MiB`);
    }
  }

  async #attempt<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw unreadable(this.#request, name, "can't be read", error);
    }
  }
}

/** Permission bits; where the platform has none, those that are usual. */
function modeOf({ mode }: Deno.FileInfo, usual: number): number {
  return mode === null ? usual : mode & 0o7777;
}

async function listNames(request: ContextRequest, path: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(join(request.folder, path))) names.push(name);
  } catch (error) {
    throw unreadable(request, path, "can't be read", error);
  }
  return names.sort();
}

async function readIgnore(request: ContextRequest): Promise<IgnoreRules> {
  let text: string;
  try {
    const file = join(request.folder, IGNORE_FILE);
    // A link could name any file, and a pipe would block.
    if (!(await Deno.lstat(file)).isFile) throw unreadable(request, IGNORE_FILE, "is no file");
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return parseIgnore("");
    if (error instanceof BottleError) throw error;
    throw unreadable(request, IGNORE_FILE, "can't be read", error);
  }
  try {
    return parseIgnore(text);
  } catch (error) {
    throw unreadable(request, IGNORE_FILE, "has a pattern that is none", error);
  }
}

function tooLarge(request: ContextRequest, limit: string): BottleError {
  return contextError(
    request,
    "context-too-large",
    `The build context "${request.folder}" has ${limit}`,
    "Put the Dockerfile into a folder with only what it copies, or exclude the rest in .dockerignore",
  );
}

function unreadable(
  request: ContextRequest,
  name: string,
  why: string,
  cause?: unknown,
): BottleError {
  const file = JSON.stringify(join(request.folder, name));
  const hint = "Remove it from the Dockerfile's folder, or exclude it in .dockerignore";
  return contextError(
    request,
    "context-unreadable",
    `${file} in the build context ${why}`,
    hint,
    cause,
  );
}

function contextError(
  { place }: ContextRequest,
  code: string,
  message: string,
  hint: string,
  cause?: unknown,
): BottleError {
  return new BottleError(message, { code, hint, cause, ...(place === undefined ? {} : { place }) });
}
