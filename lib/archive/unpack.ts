/** Unpacking a tar that a guest made, into a folder of the host: the guest is hostile. */

import { BottleError } from "../errors.ts";
import { parseEntryName } from "./entry_name.ts";
import { leadsInside } from "./link_target.ts";
import { readTar, type TarMember } from "./read_tar.ts";
import { unsafe } from "./unsafe.ts";

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** Of all files together. */
  readonly bytes: number;
}

/** Generous for source trees, small enough not to fill a disk. */
export const defaultUnpackLimits: UnpackLimits = { entries: 200_000, bytes: 8 * 1024 ** 3 };

/** Options of {@linkcode unpackTar}. */
export interface UnpackOptions {
  readonly limits?: UnpackLimits;
  readonly signal?: AbortSignal;
}

/** What came out. */
export interface Unpacked {
  /** Names at the top, in order of appearance. */
  readonly top: readonly string[];
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Unpacks into `folder`, which must exist, be empty and be nobody else's while this runs. Owners and set-id bits are
 * not taken over. Symbolic links are made last, and only if they stay inside their own top-level entry; so nothing is
 * ever written through one. On an error the folder holds a part: remove it.
 *
 * @throws {BottleError} `archive-unsafe` for devices, pipes, absolute names, `..`, links that lead outside, names that
 * come twice (folders may), and more than the limits allow; `archive-broken` for what isn't a tar
 */
export async function unpackTar(
  stream: ReadableStream<Uint8Array>,
  folder: string,
  options: UnpackOptions = {},
): Promise<Unpacked> {
  const target = new Target(folder, options.limits ?? defaultUnpackLimits);
  for await (const member of readTar(stream, options.signal)) await target.take(member);
  await target.makeLinks();
  return target.summary();
}

/** The folder being filled, and what is in it so far. */
class Target {
  readonly #folder: string;
  readonly #limits: UnpackLimits;
  readonly #kinds = new Map<string, "file" | "folder" | "link">();
  readonly #links = new Map<string, string>();
  readonly #top = new Set<string>();
  #bytes = 0;
  #members = 0;

  constructor(folder: string, limits: UnpackLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  summary(): Unpacked {
    return { top: [...this.#top], entries: this.#members, bytes: this.#bytes };
  }

  async take(member: TarMember): Promise<void> {
    // Counted by members as well: the same folder over and over makes no new name.
    if (++this.#members > this.#limits.entries) {
      throw unsafe(member.name, `the archive has more than ${this.#limits.entries} entries`);
    }
    const parts = parseEntryName(member.name);
    const [top] = parts;
    if (top === undefined) {
      if (member.type !== "directory") throw unsafe(member.name, "its name is the folder itself");
      return;
    }
    await this.#makeParents(member.name, parts);
    this.#top.add(top);
    switch (member.type) {
      case "directory":
        return await this.#makeFolder(member.name, parts, member.mode);
      case "file":
        return await this.#writeFile(member, parts);
      case "symlink":
        this.#claim(member.name, parts, "link");
        this.#links.set(parts.join("/"), member.linkName);
        return;
      case "link":
        return await this.#makeHardLink(member, parts);
      case "other":
        throw unsafe(member.name, "it is neither a file nor a folder nor a link");
      default:
        member satisfies never;
    }
  }

  /** Makes the links, when no more file can come that might be written through one. */
  async makeLinks(): Promise<void> {
    for (const [name, target] of this.#links) {
      if (!leadsInside(name.split("/"), target, this.#links)) {
        throw unsafe(name, `it links to ${JSON.stringify(target.slice(0, 200))}, which is outside`);
      }
    }
    for (const [name, target] of this.#links) {
      await refuseExisting(name, () => Deno.symlink(target, `${this.#folder}/${name}`));
    }
  }

  #claim(name: string, parts: readonly string[], kind: "file" | "folder" | "link"): void {
    const key = parts.join("/");
    const there = this.#kinds.get(key);
    if (there !== undefined && !(there === "folder" && kind === "folder")) {
      throw unsafe(name, "it comes twice");
    }
    this.#kinds.set(key, kind);
    // Folders that only a name implies are bounded too.
    if (this.#kinds.size > 2 * this.#limits.entries) {
      throw unsafe(name, `the archive has more than ${this.#limits.entries} entries`);
    }
  }

  async #makeParents(name: string, parts: readonly string[]): Promise<void> {
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth);
      if (this.#kinds.get(parent.join("/")) !== "folder") {
        await this.#makeFolder(name, parent, 0o755);
      }
    }
  }

  async #makeFolder(name: string, parts: readonly string[], mode: number): Promise<void> {
    const isNew = this.#kinds.get(parts.join("/")) !== "folder";
    this.#claim(name, parts, "folder");
    const path = this.#path(parts);
    if (isNew) await refuseExisting(name, () => Deno.mkdir(path));
    // The owner must be able to fill it now and to remove it later.
    await Deno.chmod(path, mode & 0o777 | 0o700);
  }

  async #writeFile(
    member: TarMember & { readonly type: "file" },
    parts: readonly string[],
  ): Promise<void> {
    this.#claim(member.name, parts, "file");
    const path = this.#path(parts);
    const open = { write: true, createNew: true, mode: 0o600 };
    using file = await refuseExisting(member.name, () => Deno.open(path, open));
    for await (const chunk of member.content) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError("A chunk of a tar is no bytes");
      this.#bytes += chunk.length;
      if (this.#bytes > this.#limits.bytes) {
        throw unsafe(member.name, `the archive holds more than ${this.#limits.bytes} bytes`);
      }
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
    }
    await Deno.chmod(path, member.mode & 0o777);
  }

  async #makeHardLink(
    member: TarMember & { readonly type: "link" },
    parts: readonly string[],
  ): Promise<void> {
    const to = parseEntryName(member.linkName);
    if (this.#kinds.get(to.join("/")) !== "file" || to[0] !== parts[0]) {
      throw unsafe(member.name, "it links to what is no file of the archive before it");
    }
    this.#claim(member.name, parts, "file");
    await refuseExisting(member.name, () => Deno.link(this.#path(to), this.#path(parts)));
  }

  #path(parts: readonly string[]): string {
    return `${this.#folder}/${parts.join("/")}`;
  }
}

/** On a file system that folds case or Unicode forms two names may be one. */
async function refuseExisting<T>(name: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) throw unsafe(name, "it comes twice");
    if (error instanceof Deno.errors.NotADirectory) {
      throw new BottleError(`Cannot unpack ${JSON.stringify(name)}`, {
        code: "archive-broken",
        cause: error,
      });
    }
    throw error;
  }
}
