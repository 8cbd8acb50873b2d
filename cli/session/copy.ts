/** `cp`: files and folders into a running bottle, and out of it. */

import { resolve } from "node:path";
import { walkTree } from "../../lib/archive/host_tree.ts";
import { packStream } from "../../lib/archive/pack_stream.ts";
import type { Bottle } from "../../lib/bottle.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Services } from "../command.ts";
import { type CopyRequest, guestPath, splitLast } from "./copy_place.ts";
import { openRunning } from "./open.ts";

/**
 * Copies as the agent's user. On the host nothing that exists is replaced, and nothing is written outside the target; in the
 * guest files are replaced as `cp` does.
 *
 * @throws {BottleError} `bottle-not-running`, `not-found`, `not-copied`, `copy-failed`, `exists`, `archive-unsafe`
 */
export async function copy(services: Services, request: CopyRequest): Promise<void> {
  const { context } = services;
  const { bottle } = await openRunning(services, request.slug);
  try {
    const guest = guestPath(request.guest, bottle.plan.agent.workFolder);
    const host = resolve(context.cwd, request.host);
    if (request.direction === "in") {
      await copyIn(bottle, host, guest, context.signal);
    } else {
      await copyOut(bottle, guest, host, context.signal);
    }
  } finally {
    await bottle.control[Symbol.asyncDispose]();
  }
}

async function copyIn(
  bottle: Bottle,
  host: string,
  guest: string,
  signal: AbortSignal,
): Promise<void> {
  const info = await lookUp(host);
  if (info === undefined) throw missing(host);
  const own = splitLast(host)?.name;
  const isFolder = await isGuestFolder(bottle, guest, signal);
  const place = isFolder ? { folder: guest, name: own } : splitLast(guest);
  if (place?.name === undefined || (guest.endsWith("/") && !isFolder && !info.isDirectory)) {
    throw new BottleError(`No folder ${JSON.stringify(guest)} in the bottle`, {
      code: "not-found",
      hint: "Make it with `bot-bottle exec`, or name the file to be written",
    });
  }
  await using tar = bottle.stream(
    ["tar", "--extract", "--file=-", `--directory=${place.folder}`, ...UNPACK],
    { bare: true, signal },
  );
  const tree = packStream(walkTree(host, `./${place.name}`));
  const sent = await tree.pipeTo(tar.writable, { signal }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const { code, stderr } = await tar.ended;
  signal.throwIfAborted();
  // A tar that gave up breaks the pipe: its own word is the reason then.
  if (code !== 0) throw copyFailed(guest, code, stderr);
  if (sent !== undefined) throw sent.error;
}

/** As provisioning unpacks: the owner is whoever does it, folders that are there stay as they are. */
const UNPACK = ["--no-same-owner", "--same-permissions", "--no-overwrite-dir"] as const;

async function isGuestFolder(bottle: Bottle, path: string, signal: AbortSignal): Promise<boolean> {
  const { code } = await bottle.exec(["test", "-d", path], { bare: true, signal });
  return code === 0;
}

async function copyOut(
  bottle: Bottle,
  guest: string,
  host: string,
  signal: AbortSignal,
): Promise<void> {
  if ((await lookUp(host))?.isDirectory === true) return await bottle.cpOut(guest, host, signal);
  const target = splitLast(host);
  const from = splitLast(guest);
  if (target === undefined || from === undefined) throw missing(host);
  if (await isTaken(host)) {
    throw new BottleError(`"${host}" exists already`, {
      code: "exists",
      hint: "Remove it, or copy into another folder",
    });
  }
  if ((await lookUp(target.folder))?.isDirectory !== true) throw missing(target.folder);
  const fresh = await makeFresh(target.folder);
  try {
    await bottle.cpOut(guest, fresh, signal);
    await Deno.rename(`${fresh}/${from.name}`, host);
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
}

async function makeFresh(folder: string): Promise<string> {
  try {
    return await Deno.makeTempDir({ dir: folder, prefix: ".bot-bottle-copy-" });
  } catch (cause) {
    throw new BottleError(
      `Cannot write to "${folder}": ${cause instanceof Error ? cause.message : String(cause)}`,
      { code: "not-copied", hint: "Copy into a folder that you may write to", cause },
    );
  }
}

/** Also a link that leads nowhere: it would be replaced. */
async function isTaken(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function lookUp(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function missing(path: string): BottleError {
  return new BottleError(`No file or folder "${path}"`, {
    code: "not-found",
    hint: "Look at the path; a relative one begins in the working directory",
  });
}

function copyFailed(path: string, code: number, stderr: string): BottleError {
  return new BottleError(
    `Cannot copy to ${JSON.stringify(path)} in the bottle: "tar" ended with ${code}`,
    {
      code: "copy-failed",
      details: stderr.trimEnd().split("\n").slice(-10),
      hint: "The guest needs GNU tar, and the folder must be the agent's to write",
    },
  );
}
