/** The head of a git bundle (gitformat-bundle), checked to the letter: what it may name was agreed before it was asked for. */

import { BottleError } from "../errors.ts";
import { isOid, type Oid } from "./types.ts";

/** What stands before a bundle's pack. */
export interface BundleHeader {
  /** Commits that it builds on and doesn't have. */
  readonly prerequisites: readonly Oid[];
  /** What it brings: the ref's whole name → commit. */
  readonly refs: ReadonlyMap<string, Oid>;
  /** Where the pack begins, in bytes. */
  readonly packAt: number;
  /** Objects that the pack says it has. */
  readonly objects: number;
}

/** The head of an honest bundle of ours is some hundred bytes; a merge of many branches makes it longer. */
export const MAX_HEADER_BYTES = 1024 * 1024;

const SIGNATURE = /^# v([23]) git bundle$/;
const CAPABILITY = /^@object-format=(sha1|sha256)$/;
const PREREQUISITE = /^-([0-9a-f]+)(?: .*)?$/;
const REF = /^([0-9a-f]+) (refs\/\S+)$/;
/** "PACK", the version, the number of objects: 4 bytes each (gitformat-pack). */
const PACK_HEAD = 12;

/**
 * Parses the beginning of a bundle.
 *
 * @param bytes at least the header, or {@linkcode MAX_HEADER_BYTES} of the file
 * @throws {BottleError} `work-unreadable` for what is no bundle, or has more in it than refs and prerequisites
 */
export function parseBundleHeader(bytes: Uint8Array): BundleHeader {
  const prerequisites: Oid[] = [];
  const refs = new Map<string, Oid>();
  let at = 0;
  const nextLine = (): string => {
    const end = bytes.indexOf(10, at);
    if (end === -1 || end > MAX_HEADER_BYTES) throw notABundle("its head has no end");
    const line = new TextDecoder().decode(bytes.subarray(at, end));
    at = end + 1;
    return line;
  };

  const [, version] = SIGNATURE.exec(nextLine()) ?? [];
  if (version === undefined) throw notABundle("it does not begin like one");
  for (let line = nextLine(); line !== ""; line = nextLine()) {
    const isCapability = version === "3" && refs.size + prerequisites.length === 0 &&
      CAPABILITY.test(line);
    if (isCapability) continue;
    const [, needed] = PREREQUISITE.exec(line) ?? [];
    if (needed !== undefined && refs.size === 0) {
      prerequisites.push(toOid(needed));
      continue;
    }
    const [, oid, ref] = REF.exec(line) ?? [];
    if (oid === undefined || ref === undefined || refs.has(ref)) {
      throw notABundle("its head has a line that does not belong there");
    }
    refs.set(ref, toOid(oid));
  }
  return {
    prerequisites,
    refs,
    packAt: at,
    objects: countObjects(bytes.subarray(at, at + PACK_HEAD)),
  };
}

function countObjects(head: Uint8Array): number {
  if (head.length < PACK_HEAD || new TextDecoder().decode(head.subarray(0, 4)) !== "PACK") {
    throw notABundle("no pack follows its head");
  }
  return new DataView(head.buffer, head.byteOffset).getUint32(8);
}

function toOid(text: string): Oid {
  if (!isOid(text)) throw notABundle("its head names no commit");
  return text;
}

function notABundle(why: string): BottleError {
  return new BottleError(`What the bottle handed out is no git bundle: ${why}`, {
    code: "work-unreadable",
    hint: "Nothing of it was used. Look at the repository in the bottle, with `bot-bottle exec`",
  });
}
