/** A credential that stands in a file of the person's. */

import { join } from "node:path";
import type { Secret } from "../secret.ts";
import { credentialError, type CredentialFault, type PlacedCredential } from "./error.ts";
import { credentialValue, MAX_CREDENTIAL_BYTES } from "./value.ts";

/** A file, and where a manifest names it. */
export interface PlacedFile extends PlacedCredential {
  readonly source: Extract<PlacedCredential["source"], { kind: "file" }>;
}

/**
 * Reads it. A link is followed, as the person's dotfiles may be links; what it leads to must be a regular file that is
 * the person's own and that nobody else may read or write.
 *
 * @param env HOME is what `~` stands for
 * @throws {BottleError} `credential-file`, `credential-invalid`; exit code 125
 */
export async function readCredentialFile(
  placed: PlacedFile,
  env: (name: string) => string | undefined,
): Promise<Secret> {
  const path = expandHome(placed, env);
  try {
    // Looked at first: to open a pipe would wait for its writer.
    refuseUnsafe(placed, await Deno.stat(path));
    using file = await Deno.open(path);
    refuseUnsafe(placed, await file.stat());
    return credentialValue(placed, await readAtMost(file, MAX_CREDENTIAL_BYTES));
  } catch (error) {
    const fault = describe(error, placed.source.path);
    throw fault === undefined ? error : credentialError(placed, { ...fault, cause: error });
  }
}

function expandHome(
  placed: PlacedFile,
  env: (name: string) => string | undefined,
): string {
  const { path } = placed.source;
  if (!path.startsWith("~/")) return path;
  const home = env("HOME") ?? env("USERPROFILE") ?? "";
  if (home !== "") return join(home, path.slice(2));
  throw credentialError(placed, {
    code: "credential-file",
    why: "can't be found: HOME is not set",
    hint: "Set HOME, or write an absolute path",
  });
}

function refuseUnsafe(placed: PlacedFile, info: Deno.FileInfo): void {
  const why = findUnsafe(info);
  if (why === undefined) return;
  throw credentialError(placed, {
    code: "credential-file",
    why,
    hint: `Make it a file of yours that only you may read: chmod 600 ${placed.source.path}`,
  });
}

/** Windows has neither owner nor mode here. */
function findUnsafe({ isFile, size, uid, mode }: Deno.FileInfo): string | undefined {
  if (!isFile) return "is no regular file";
  if (size > MAX_CREDENTIAL_BYTES) return `is larger than ${MAX_CREDENTIAL_BYTES / 1024} KiB`;
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

function describe(error: unknown, path: string): CredentialFault | undefined {
  const code = "credential-file";
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return {
      code,
      why: "is not there",
      hint: `Put the credential into it, with mode 0600: ${path}`,
    };
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return { code, why: "can't be read", hint: `Make it yours: chmod 600 ${path}` };
  }
  return undefined;
}
