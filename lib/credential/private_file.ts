/** A file of the person's with a secret in it: their own, and closed to everybody else. */

import { join } from "node:path";

/** What was read, or why nothing was. */
export type PrivateFile =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly fault: PrivateFileFault };

/** Why a file was not read. */
export interface PrivateFileFault {
  /** `missing`: the hint is for whoever knows what should stand in it. */
  readonly kind: "missing" | "unusable";
  /** A predicate: `is not there`. */
  readonly why: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** Which file, and how much of it. */
export interface PrivateFileOptions {
  /** As a manifest names it: absolute, or below `~/`. */
  readonly path: string;
  /** More is refused. */
  readonly maxBytes: number;
  /** HOME is what `~` stands for. */
  readonly env: (name: string) => string | undefined;
}

/**
 * Reads it. A link is followed, as the person's dotfiles may be links; what it leads to must be a regular file that is
 * the person's own and that nobody else may read or write.
 */
export async function readPrivateFile(options: PrivateFileOptions): Promise<PrivateFile> {
  const { maxBytes } = options;
  const path = expandHome(options);
  if (path === undefined) {
    return unusable("can't be found: HOME is not set", "Set HOME, or write an absolute path");
  }
  try {
    // Looked at first: to open a pipe would wait for its writer.
    const before = findUnsafe(await Deno.stat(path), maxBytes);
    if (before !== undefined) return unsafe(before, options.path);
    using file = await Deno.open(path);
    const opened = findUnsafe(await file.stat(), maxBytes);
    if (opened !== undefined) return unsafe(opened, options.path);
    return { ok: true, bytes: await readAtMost(file, maxBytes) };
  } catch (error) {
    const fault = describe(error, options.path);
    if (fault === undefined) throw error;
    return { ok: false, fault: { ...fault, cause: error } };
  }
}

function expandHome({ path, env }: PrivateFileOptions): string | undefined {
  if (!path.startsWith("~/")) return path;
  const home = env("HOME") ?? env("USERPROFILE") ?? "";
  return home === "" ? undefined : join(home, path.slice(2));
}

/** Windows has neither owner nor mode here. */
function findUnsafe(
  { isFile, size, uid, mode }: Deno.FileInfo,
  maxBytes: number,
): string | undefined {
  if (!isFile) return "is no regular file";
  if (size > maxBytes) return `is larger than ${maxBytes / 1024} KiB`;
  if (uid !== null && uid !== Deno.uid()) return "belongs to another user";
  return mode !== null && (mode & 0o077) !== 0
    ? `is open to other users: its mode is ${(mode & 0o777).toString(8).padStart(4, "0")}`
    : undefined;
}

async function readAtMost(file: Deno.FsFile, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function describe(error: unknown, path: string): PrivateFileFault | undefined {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return { kind: "missing", why: "is not there", hint: `Write the path of one that is: ${path}` };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return { kind: "unusable", why: "can't be read", hint: `Make it yours: chmod 600 ${path}` };
  }
  return undefined;
}

function unsafe(why: string, path: string): PrivateFile {
  return unusable(why, `Make it a file of yours that only you may read: chmod 600 ${path}`);
}

function unusable(why: string, hint: string): PrivateFile {
  return { ok: false, fault: { kind: "unusable", why, hint } };
}
