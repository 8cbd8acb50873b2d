/** Every text of a push, with its place. */

import { Buffer } from "node:buffer";
import type { PushFinding } from "../../../lib/git_gate/push_record.ts";
import type { GitOptions } from "../git.ts";
import { type PushedFiles, readPushedFiles } from "./pushed_files.ts";
import { commitTexts } from "./commit_texts.ts";
import type { FileChange } from "./file_changes.ts";
import { type NewText, newText, wholeText } from "./new_lines.ts";
import type { NewObjects } from "./new_objects.ts";
import { listObjects, type ObjectHead } from "./object_list.ts";
import { ObjectReader } from "./object_reader.ts";
import type { PushToScan } from "./push_to_scan.ts";
import { treeNames } from "./tree_names.ts";

/** A text to look through. */
export interface PushText {
  readonly place: TextPlace;
  /** All of it: what the bottle's own credentials are looked for in. */
  readonly whole: Uint8Array;
  /** What is new in it; absent: it is no text, so only `whole` counts. */
  readonly text?: NewText;
}

/** Where a text stands. */
export interface TextPlace {
  readonly kind: PushFinding["kind"];
  /** A path's bytes, one character each; else a name. */
  readonly path: string;
  /** Id of the object that its findings are told of; empty: none. */
  readonly object: string;
  /** Id of the object that holds it; empty: none. */
  readonly holder: string;
}

/** Older versions bigger than this, and files, are not compared line by line: all of such a file is new. */
const MAX_COMPARED = 16 * 1024 ** 2;
/** Bytes of older versions that are read for one push; behind that all of a file is new. */
const MAX_OLD_BYTES = 2 * 1024 ** 3;
/** `git notes` keeps a note in a file whose path is the id of what it is about, in folders of two digits. */
const NOTE_PATH = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** All of them, an object in memory at a time. @throws {BottleError} `scan-failed`; the signal's reason */
export async function* pushTexts(
  push: PushToScan,
  objects: NewObjects,
  signal: AbortSignal,
): AsyncGenerator<PushText> {
  yield* namedTexts(push);
  if (objects.heads.size === 0) return;
  const options = { env: { ...push.quarantine }, signal };
  const pushed = await readPushedFiles(push.mirror, objects, options);
  for (const [path, commit] of pushed.addedPaths) {
    yield plainText(
      { kind: "path", path, object: commit, holder: "" },
      Buffer.from(path, "latin1"),
    );
  }
  yield* objectTexts(push, objects, pushed, options);
}

/** What the push itself says. */
function* namedTexts({ commands, options = [] }: PushToScan): Generator<PushText> {
  const encoder = new TextEncoder();
  for (const { ref, new: id } of commands) {
    if (/^0+$/.test(id)) continue;
    yield plainText({ kind: "ref", path: ref, object: "", holder: "" }, encoder.encode(ref));
  }
  for (const option of options) {
    const place = { kind: "message", path: "push option", object: "", holder: "" } as const;
    yield plainText(place, encoder.encode(option));
  }
}

async function* objectTexts(
  push: PushToScan,
  objects: NewObjects,
  { files }: PushedFiles,
  options: GitOptions,
): AsyncGenerator<PushText> {
  const inFiles = new Set(files.map(({ blob }) => blob));
  const others = [...objects.heads.values()].filter(({ id }) => !inFiles.has(id));
  const before = await readableOlds(push, objects, files, options);
  const ids = function* (): Generator<string> {
    for (const { id } of others) yield id;
    for (const { blob } of files) {
      yield* before.get(blob) ?? [];
      yield blob;
    }
  };
  await using reader = new ObjectReader(push.mirror, ids(), options);
  const context = await otherContext(push, objects, options);
  for (const head of others) yield* otherTexts(head, await reader.read(head.id), context);
  for (const file of files) {
    const olds: Uint8Array[] = [];
    for (const old of before.get(file.blob) ?? []) olds.push(await reader.read(old));
    yield fileText(file, await reader.read(file.blob), olds);
  }
}

/** Of each file the older versions that it is compared with. */
async function readableOlds(
  { mirror }: PushToScan,
  { heads }: NewObjects,
  files: readonly FileChange[],
  options: GitOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = [...new Set(files.flatMap(({ before }) => before))];
  const olds = await listObjects(mirror, ids, options);
  const sizes = new Map(olds.map(({ id, kind, size }) => [id, kind === "blob" ? size : Infinity]));
  let left = MAX_OLD_BYTES;
  return new Map(files.map(({ blob, before }) => {
    if ((heads.get(blob)?.size ?? Infinity) > MAX_COMPARED) return [blob, []];
    const compared = [...new Set(before)].filter((id) => {
      const size = sizes.get(id) ?? Infinity;
      if (size > MAX_COMPARED || size > left) return false;
      left -= size;
      return true;
    });
    return [blob, compared];
  }));
}

function fileText(
  { blob, path, commit }: FileChange,
  bytes: Uint8Array,
  olds: readonly Uint8Array[],
): PushText {
  const kind = NOTE_PATH.test(path.replaceAll("/", "")) ? "note" : "file";
  const place = { kind, path, object: commit, holder: blob } as const;
  return { place, whole: bytes, text: newText(bytes, olds) };
}

/** What it takes to name the places of objects that are no commit's file. */
interface OtherContext {
  /** Refs that would name an object, by its id. */
  readonly refs: ReadonlyMap<string, string>;
  /** Whether a tree's names are in no path that a commit adds. */
  readonly isLoose: (tree: string) => boolean;
}

/** A ref that names a tree, or a tag of one, reaches trees without a commit: then all trees are taken for such. */
async function otherContext(
  { mirror, commands }: PushToScan,
  { reached }: NewObjects,
  options: GitOptions,
): Promise<OtherContext> {
  const named = commands.filter(({ new: id }) => !/^0+$/.test(id));
  const peeled = await listObjects(mirror, named.map(({ new: id }) => `${id}^{}`), options);
  const isPlain = peeled.length === named.length && peeled.every(({ kind }) => kind === "commit");
  return {
    refs: new Map(named.map(({ ref, new: id }) => [id, ref])),
    isLoose: (tree) => !isPlain || !reached.has(tree),
  };
}

function* otherTexts(
  { id, kind }: ObjectHead,
  content: Uint8Array,
  { refs, isLoose }: OtherContext,
): Generator<PushText> {
  switch (kind) {
    case "commit":
      for (const { kind, field, bytes } of commitTexts(content)) {
        yield plainText({ kind, path: field, object: id, holder: id }, bytes);
      }
      return;
    case "tag":
      yield plainText(
        { kind: "tag", path: refs.get(id) ?? "", object: id, holder: id },
        content,
      );
      return;
    case "tree":
      yield { place: { kind: "path", path: "", object: id, holder: id }, whole: content };
      if (!isLoose(id)) return;
      for (const name of treeNames(content, id.length / 2)) {
        yield plainText({ kind: "path", path: "", object: id, holder: id }, name);
      }
      return;
    case "blob":
      yield plainText({ kind: "object", path: "", object: id, holder: id }, content);
      return;
    default:
      kind satisfies never;
  }
}

function plainText(place: TextPlace, bytes: Uint8Array): PushText {
  return { place, whole: bytes, text: wholeText(bytes) };
}
