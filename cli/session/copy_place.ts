/** The two ends of a copy: one on the host, one in a bottle. */

import { badUsage } from "../usage.ts";
import { isSlug, type Slug } from "../../lib/names.ts";

/** What is copied where. */
export type CopyRequest =
  | { readonly direction: "in"; readonly slug: Slug; readonly host: string; readonly guest: string }
  | {
    readonly direction: "out";
    readonly slug: Slug;
    readonly host: string;
    readonly guest: string;
  };

/**
 * Tells which end is in a bottle: the one that begins with a slug and a colon. A host's file of such a name is written `./name`.
 *
 * @throws {BottleError} `usage` unless it is exactly one, and both have a path
 */
export function parseCopy(source: string, target: string): CopyRequest {
  const from = inBottle(source);
  const to = inBottle(target);
  if (from !== undefined && to === undefined && target !== "") {
    return { direction: "out", slug: from.slug, guest: from.path, host: target };
  }
  if (to !== undefined && from === undefined && source !== "") {
    return { direction: "in", slug: to.slug, guest: to.path, host: source };
  }
  throw badUsage(
    from !== undefined && to !== undefined
      ? "Cannot copy from one bottle to another"
      : "Neither end of the copy is in a bottle",
    "Write <slug>:PATH for the end that is in the bottle, as `bot-bottle list` names it",
  );
}

function inBottle(text: string): { readonly slug: Slug; readonly path: string } | undefined {
  const at = text.indexOf(":");
  const name = text.slice(0, Math.max(at, 0));
  if (!isSlug(name)) return undefined;
  const path = text.slice(at + 1);
  if (path === "" || path.includes("\0")) {
    throw badUsage(`No path after "${name}:"`, `Write ${name}:PATH`);
  }
  return { slug: name, path };
}

/** A guest's path made absolute: relative ones begin where the agent works. */
export function guestPath(path: string, workFolder: string): string {
  return path.startsWith("/") ? path : `${workFolder}/${path}`;
}

/** The last part of a path, and the rest; undefined for a root or a path that ends in `..`. */
export function splitLast(
  path: string,
): { readonly folder: string; readonly name: string } | undefined {
  const trimmed = path.replace(/(?:\/\.?)+$/, "");
  const at = trimmed.lastIndexOf("/");
  const name = trimmed.slice(at + 1);
  if (name === "" || name === "." || name === "..") return undefined;
  return { folder: at < 0 ? "." : trimmed.slice(0, at) || "/", name };
}
