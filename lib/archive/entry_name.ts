/** Names inside an archive that we did not make. */

import { unsafe } from "./unsafe.ts";

/** As long as Linux lets a path be, in bytes of UTF-8 (`PATH_MAX`). */
const MAX_BYTES = 4096;

/**
 * The parts of an entry's name: `./a//b/` → `["a", "b"]`; the archive's root, `.`, has none.
 *
 * @throws {BottleError} `archive-unsafe` for absolute names, `..`, NUL, and names longer than a path may be
 */
export function parseEntryName(name: string): readonly string[] {
  if (name === "") throw unsafe(name, "it has no name");
  if (name.startsWith("/")) throw unsafe(name, "its name is absolute");
  if (name.includes("\0")) throw unsafe(name, "its name holds a NUL");
  if (new TextEncoder().encode(name).length > MAX_BYTES) throw unsafe(name, "its name is too long");
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw unsafe(name, `its name holds ".."`);
  return parts;
}
