/** Trees, read one by one from a git that stays: a list made by git itself has all paths in memory before it prints the first. */

import type { Duplex } from "../process/run.ts";
import type { HostGit } from "./host_git.ts";
import { asTreePath, Mode, type TreeEntry, unreadable } from "./tree_listing.ts";
import { isOid, type Oid } from "./types.ts";

/** A folder of a hundred thousand files has a tree of some 5 MB. */
const MAX_TREE_BYTES = 64 * 1024 ** 2;
/** Trees that are remembered: the next commit's are mostly the last one's. */
const CACHED = 2000;
/** Entries that the remembered trees have together. */
const CACHED_ENTRIES = 200_000;

const ANSWER = /^[0-9a-f]+ (\w+) (\d+)$/;

/** Reads trees. Dispose it: a git waits behind it. */
export class TreeReader implements AsyncDisposable {
  readonly #program: Duplex;
  readonly #signal: AbortSignal | undefined;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #cache = new Map<Oid, readonly TreeEntry[]>();
  #cachedEntries = 0;
  #buffer = new Uint8Array();

  /** @param git of the quarantine */
  constructor(git: HostGit, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#program = git.stream(["cat-file", "--batch"], signal === undefined ? {} : { signal });
    this.#writer = this.#program.writable.getWriter();
    this.#reader = this.#program.readable.getReader();
  }

  /** The entries of a tree that was read a moment ago; undefined: {@linkcode read} it. */
  known(oid: Oid): readonly TreeEntry[] | undefined {
    return this.#cache.get(oid);
  }

  /** The entries of a tree, in its order; paths are names. @throws {BottleError} `work-unreadable` */
  async read(oid: Oid): Promise<readonly TreeEntry[]> {
    const known = this.#cache.get(oid);
    if (known !== undefined) return known;
    const [, content] = await this.#ask(oid, "tree");
    const entries = parseTreeObject(content, oid.length / 2);
    this.#remember(oid, entries);
    return entries;
  }

  /** The tree and the parents of a commit. @throws {BottleError} `work-unreadable` */
  async readCommit(oid: Oid): Promise<{ readonly tree: Oid; readonly parents: readonly Oid[] }> {
    const [, content] = await this.#ask(oid, "commit");
    const [head = ""] = new TextDecoder().decode(content).split("\n\n", 1);
    const named = (key: string): readonly Oid[] =>
      head.split("\n").flatMap((line) => {
        const name = line.startsWith(`${key} `) ? line.slice(key.length + 1) : "";
        return isOid(name) ? [name] : [];
      });
    const [tree] = named("tree");
    if (tree === undefined) throw unreadable("a commit without a tree");
    return { tree, parents: named("parent") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    this.#reader.releaseLock();
    await this.#program[Symbol.asyncDispose]();
  }

  async #ask(oid: Oid, type: "tree" | "commit"): Promise<[type: string, content: Uint8Array]> {
    await this.#writer.write(new TextEncoder().encode(`${oid}\n`)).catch(() => this.#broken());
    const [, found = "", size = ""] = ANSWER.exec(await this.#line()) ?? [];
    if (found !== type) throw unreadable(`no ${type} where there should be one`);
    if (Number(size) > MAX_TREE_BYTES) throw unreadable(`a ${type} of ${size} bytes`);
    const content = await this.#bytes(Number(size) + 1);
    return [found, content.subarray(0, -1)];
  }

  async #line(): Promise<string> {
    let end = this.#buffer.indexOf(10);
    while (end === -1) {
      await this.#more();
      end = this.#buffer.indexOf(10);
    }
    return new TextDecoder().decode(await this.#bytes(end + 1)).slice(0, -1);
  }

  async #bytes(size: number): Promise<Uint8Array> {
    if (this.#buffer.length < size) {
      const whole = new Uint8Array(size);
      whole.set(this.#buffer);
      let at = this.#buffer.length;
      this.#buffer = new Uint8Array();
      while (at < size) {
        const chunk = await this.#next();
        const part = chunk.subarray(0, size - at);
        whole.set(part, at);
        at += part.length;
        this.#buffer = chunk.slice(part.length);
      }
      return whole;
    }
    const bytes = this.#buffer.subarray(0, size);
    this.#buffer = this.#buffer.subarray(size);
    return bytes;
  }

  async #more(): Promise<void> {
    const chunk = await this.#next();
    const both = new Uint8Array(this.#buffer.length + chunk.length);
    both.set(this.#buffer);
    both.set(chunk, this.#buffer.length);
    this.#buffer = both;
  }

  async #next(): Promise<Uint8Array> {
    const { done, value } = await this.#reader.read();
    return done ? this.#broken() : value;
  }

  /** git has ended. A pipe that breaks must not pass for one that the person has closed. */
  #broken(): never {
    this.#signal?.throwIfAborted();
    throw unreadable("objects that git can't read");
  }

  #remember(oid: Oid, entries: readonly TreeEntry[]): void {
    this.#cache.set(oid, entries);
    this.#cachedEntries += entries.length;
    for (const [oldest, { length }] of this.#cache) {
      if (this.#cache.size <= CACHED && this.#cachedEntries <= CACHED_ENTRIES) return;
      this.#cache.delete(oldest);
      this.#cachedEntries -= length;
    }
  }
}

/** A tree's content (gitformat-pack has no more to say of it): mode, space, name, NUL, the object's name in bytes; again and again. */
export function parseTreeObject(content: Uint8Array, nameBytes: number): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(32, at);
    const nul = content.indexOf(0, space);
    const end = nul + 1 + nameBytes;
    if (space === -1 || nul === -1 || end > content.length) {
      throw unreadable("a tree that breaks off");
    }
    const mode = new TextDecoder().decode(content.subarray(at, space)).padStart(6, "0");
    const oid = content.subarray(nul + 1, end).toHex();
    if (!isOid(oid)) throw unreadable("an object without a name");
    entries.push({ mode, oid, ...asTreePath(content.subarray(space + 1, nul)) });
    at = end;
  }
  return entries;
}

/** Whether an entry is a folder. */
export function isFolder(entry: { readonly mode: string }): boolean {
  return entry.mode === Mode.folder;
}
