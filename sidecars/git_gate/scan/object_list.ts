/** Which objects there are, by what git says of them without reading them. */

import type { GitOptions } from "../git.ts";
import type { Mirror } from "../mirror.ts";
import { unscannable } from "./unscannable.ts";

/** Kinds of git's objects. */
export type ObjectKind = "blob" | "tree" | "commit" | "tag";

/** An object by its head. */
export interface ObjectHead {
  /** Object id in hex. */
  readonly id: string;
  readonly kind: ObjectKind;
  /** Bytes of its content, inflated. */
  readonly size: number;
}

const HEAD = /^([0-9a-f]{40}(?:[0-9a-f]{24})?) (blob|tree|commit|tag) (\d+)$/;
const FORMAT = "--batch-check=%(objectname) %(objecttype) %(objectsize)";

/** All objects of one object folder, whether anything names them or not. @throws {BottleError} `scan-failed` */
export async function listAllObjects(
  mirror: Mirror,
  options: GitOptions,
): Promise<readonly ObjectHead[]> {
  const text = await gitText(
    mirror,
    ["cat-file", "--batch-all-objects", "--unordered", FORMAT],
    options,
  );
  return linesOf(text).map((line) => readHead(line) ?? broken());
}

/** Heads of those that are there; ids that git does not know are left out. @throws {BottleError} `scan-failed` */
export async function listObjects(
  mirror: Mirror,
  ids: readonly string[],
  options: GitOptions,
): Promise<readonly ObjectHead[]> {
  if (ids.length === 0) return [];
  const stdin = `${ids.join("\n")}\n`;
  const text = await gitText(mirror, ["cat-file", "--buffer", FORMAT], { ...options, stdin });
  const lines = linesOf(text);
  if (lines.length !== ids.length) broken();
  return lines.flatMap((line) => {
    if (line.endsWith(" missing")) return [];
    return [readHead(line) ?? broken()];
  });
}

/** Whether git ran well is checked; what it prints is text of ASCII. @throws {BottleError} `scan-failed` */
export async function gitText(
  mirror: Mirror,
  args: readonly string[],
  options: GitOptions,
): Promise<string> {
  const { code, stdout } = await mirror.git(args, options);
  if (code !== 0) throw unscannable(`git ${args[0] ?? ""} ended with exit code ${code}`);
  return new TextDecoder("latin1").decode(stdout);
}

/** Without the end of the last. */
export function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function readHead(line: string): ObjectHead | undefined {
  const [, id, kind, size] = HEAD.exec(line) ?? [];
  if (id === undefined || size === undefined) return undefined;
  switch (kind) {
    case "blob":
    case "tree":
    case "commit":
    case "tag":
      return { id, kind, size: Number(size) };
    default:
      return undefined;
  }
}

function broken(): never {
  throw unscannable("git lists objects in an unknown way");
}
