/** The folder in which receive-pack keeps what came until it is taken. */

import { BottleError } from "../../../lib/errors.ts";
import { isNone, type RefCommand } from "../../../lib/git_gate/ref_command.ts";
import type { PushSize } from "../../../lib/git_gate/rules.ts";
import type { QuarantineEnv } from "../scan/push_to_scan.ts";

/** A pack in it. */
export interface PackFile {
  /** `pack-<hash>`, without an ending. */
  readonly name: string;
  readonly bytes: number;
  /** As its head says, and index-pack has checked. */
  readonly objects: number;
}

/** A folder of loose objects. */
const LOOSE = /^[0-9a-f]{2}$/;
const NAME = /^(pack-[0-9a-f]{40,64})\.pack$/;

/**
 * The packs that came.
 *
 * @param mirror its folder
 * @param commands of which git has a quarantine, unless they only delete
 * @throws {BottleError} `push-malformed`: it is not where a quarantine is, or holds something else than packs
 */
export async function readPacks(
  mirror: string,
  env: QuarantineEnv | undefined,
  commands: readonly RefCommand[],
): Promise<readonly PackFile[]> {
  const folder = env?.GIT_QUARANTINE_PATH;
  if (folder === undefined) {
    if (commands.every(({ new: id }) => isNone(id))) return [];
    throw malformed("git names no quarantine");
  }
  if (!isQuarantineOf(mirror, folder)) throw malformed("The quarantine is not in its mirror");
  for await (const { name } of Deno.readDir(folder)) {
    // Objects are never unpacked: `receive.unpackLimit` is 1.
    if (LOOSE.test(name)) throw malformed("Loose objects came with the push");
  }
  const packs: PackFile[] = [];
  for await (const { name } of entriesOf(`${folder}/pack`)) {
    const pack = NAME.exec(name)?.[1];
    if (pack !== undefined) packs.push(await readPack(`${folder}/pack`, pack));
  }
  return packs;
}

/** All of them together. */
export function sizeOf(packs: readonly PackFile[]): PushSize {
  return {
    objects: packs.reduce((sum, { objects }) => sum + objects, 0),
    bytes: packs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/**
 * Removes quarantines that nobody has touched since, and loose objects: all that a mirror needs comes in packs, but
 * receive-pack writes the text of a signed push past its quarantine, whatever becomes of that push.
 *
 * @param before milliseconds since 1970
 */
export async function sweepQuarantines(mirror: string, before: number): Promise<void> {
  for await (const { name } of entriesOf(`${mirror}/objects`)) {
    const folder = `${mirror}/objects/${name}`;
    if (LOOSE.test(name)) await Deno.remove(folder, { recursive: true }).catch(() => {});
    if (!isQuarantineOf(mirror, folder)) continue;
    const { mtime } = await Deno.lstat(folder).catch(() => ({ mtime: null }));
    if (mtime === null || mtime.getTime() >= before) continue;
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

/** git says `<mirror>/./objects/tmp_objdir-incoming-XXXXXX`. */
export function isQuarantineOf(mirror: string, folder: string): boolean {
  const path = folder.replaceAll("/./", "/");
  return path.startsWith(`${mirror}/objects/`) &&
    /^[A-Za-z0-9_-]*incoming-[A-Za-z0-9]+$/.test(path.slice(`${mirror}/objects/`.length));
}

async function* entriesOf(folder: string): AsyncGenerator<Deno.DirEntry, void, void> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** gitformat-pack(5): `PACK`, version, number of objects, each four bytes. */
async function readPack(folder: string, name: string): Promise<PackFile> {
  using file = await Deno.open(`${folder}/${name}.pack`);
  const { size } = await file.stat();
  const head = new Uint8Array(12);
  const read = await file.read(head);
  if (read !== head.length) throw malformed("A pack without a head came with the push");
  return { name, bytes: size, objects: new DataView(head.buffer).getUint32(8) };
}

function malformed(message: string): BottleError {
  return new BottleError(message, { code: "push-malformed" });
}
