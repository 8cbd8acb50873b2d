/** What a hook says to the desk: two lines of its own, then what git gave it. */

import { PacketReader } from "../../../lib/git_gate/pkt_line.ts";
import { ReceiveDialog, type ReceiveRequest } from "../../../lib/git_gate/proc_receive.ts";
import { parseRefCommand, type RefCommand } from "../../../lib/git_gate/ref_command.ts";
import type { QuarantineEnv } from "../scan/push_to_scan.ts";

/** A hook that asks. */
export type HookRequest =
  | {
    readonly hook: "pre-receive";
    readonly push: string;
    /** Undefined: nothing came with the push. */
    readonly quarantine: QuarantineEnv | undefined;
    readonly options: readonly string[];
    readonly commands: readonly RefCommand[];
  }
  | { readonly hook: "proc-receive"; readonly push: string; readonly request: ReceiveRequest };

/** All that a hook may say: 10,000 refs with the longest names take less. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Push options are arguments of the git that goes on with them. */
const MAX_OPTIONS = 1_000;
const PIECE_BYTES = 16 * 1024;
const LF = 0x0a;

/**
 * Reads it.
 *
 * @returns undefined: it ended too soon
 * @throws {SyntaxError} it is no hook's
 */
export async function readHookRequest(
  conn: Pick<Deno.Conn, "read">,
): Promise<HookRequest | undefined> {
  const source = new Source(conn);
  const { hook, push } = /^(?<hook>pre|proc)-receive (?<push>[0-9a-f]{32})$/
    .exec(await source.line() ?? "")?.groups ?? {};
  if (hook === undefined || push === undefined) throw new SyntaxError("Not a hook");
  if (hook === "proc") return await readProcReceive(source, push);
  const env = [await source.line(), await source.line(), await source.line()];
  const options = await readOptions(source);
  const commands = await readCommands(source);
  return { hook: "pre-receive", push, quarantine: quarantineOf(env), options, commands };
}

/** Nothing came with a push that only deletes: git sets no folder then. */
function quarantineOf(
  [objects, alternates, path]: readonly (string | undefined)[],
): QuarantineEnv | undefined {
  if (!objects || !alternates || !path) return undefined;
  return {
    GIT_OBJECT_DIRECTORY: objects,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates,
    GIT_QUARANTINE_PATH: path,
  };
}

/** One with a line end in it shifts what follows: git then asks for others than were judged, and that is a refusal. */
async function readOptions(source: Source): Promise<readonly string[]> {
  const count = Number(await source.line());
  if (!Number.isInteger(count) || count < 0 || count > MAX_OPTIONS) {
    throw new SyntaxError("Not a number of push options");
  }
  const options: string[] = [];
  while (options.length < count) options.push(await source.line() ?? "");
  return options;
}

async function readCommands(source: Source): Promise<readonly RefCommand[]> {
  const commands: RefCommand[] = [];
  for (let line = await source.line(); line !== undefined; line = await source.line()) {
    const command = parseRefCommand(line);
    if (command === undefined) throw new SyntaxError("Not a command of receive-pack");
    commands.push(command);
  }
  return commands;
}

async function readProcReceive(source: Source, push: string): Promise<HookRequest | undefined> {
  const packets = new PacketReader();
  const dialog = new ReceiveDialog();
  for (let bytes = await source.bytes(); bytes !== undefined; bytes = await source.bytes()) {
    for (const packet of packets.push(bytes)) {
      const request = dialog.push(packet);
      if (request !== undefined) return { hook: "proc-receive", push, request };
    }
  }
  return undefined;
}

/** What a connection says, bounded, by lines or as it comes. Its `readable` would close it for writing too at its end. */
class Source {
  readonly #conn: Pick<Deno.Conn, "read">;
  #held: Uint8Array = new Uint8Array();
  #taken = 0;

  constructor(conn: Pick<Deno.Conn, "read">) {
    this.#conn = conn;
  }

  /** Without its line end; undefined: there is none any more. */
  async line(): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const bytes = await this.bytes();
      if (bytes === undefined) {
        if (pieces.length > 0) throw new SyntaxError("A line without an end");
        return undefined;
      }
      const end = bytes.indexOf(LF);
      if (end < 0) {
        pieces.push(bytes);
        continue;
      }
      this.#held = bytes.subarray(end + 1);
      const decoder = new TextDecoder();
      const text = pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
      return text + decoder.decode(bytes.subarray(0, end));
    }
  }

  async bytes(): Promise<Uint8Array | undefined> {
    if (this.#held.length > 0) {
      const held = this.#held;
      this.#held = new Uint8Array();
      return held;
    }
    const piece = new Uint8Array(PIECE_BYTES);
    const read = await this.#conn.read(piece);
    if (read === null) return undefined;
    this.#taken += read;
    if (this.#taken > MAX_BYTES) throw new SyntaxError("Longer than a hook's request");
    return piece.subarray(0, read);
  }
}
