/** The dialog of git's `proc-receive` hook, behind the version that both have agreed on (githooks(5)). */

import { escapeControl } from "../egress/escape.ts";
import { FLUSH, type Packet, packet } from "./pkt_line.ts";
import { parseRefCommand, type RefCommand } from "./ref_command.ts";

/** What receive-pack asks for. */
export interface ReceiveRequest {
  /** All refs or none. */
  readonly isAtomic: boolean;
  readonly commands: readonly RefCommand[];
  /** `--push-option`, in their order. */
  readonly options: readonly string[];
}

/** What became of one ref, in the upstream's words. */
export interface RefResult {
  readonly ref: string;
  /** Undefined: it was taken. */
  readonly refusal: string | undefined;
}

/** Longest refusal that is passed on, in UTF-16 units. */
const MAX_REFUSAL = 1_000;

/** Takes packets until the request is whole. */
export class ReceiveDialog {
  readonly #commands: RefCommand[] = [];
  readonly #options: string[] = [];
  #isAtomic = false;
  #part: "version" | "commands" | "options" | "done" = "version";

  /**
   * @returns the request, once it is whole
   * @throws {SyntaxError} it is no such dialog
   */
  push(packet: Packet): ReceiveRequest | undefined {
    if (packet === null) return this.#endPart();
    const text = new TextDecoder().decode(packet).replace(/\n$/, "");
    switch (this.#part) {
      case "version": {
        const [version = "", features = ""] = text.split("\0");
        if (version !== "version=1") throw new SyntaxError("Another version of proc-receive");
        this.#isAtomic = features.split(" ").includes("atomic");
        return undefined;
      }
      case "commands": {
        const command = parseRefCommand(text);
        if (command === undefined) throw new SyntaxError("Not a command of proc-receive");
        this.#commands.push(command);
        return undefined;
      }
      case "options":
        this.#options.push(text);
        return undefined;
      case "done":
        throw new SyntaxError("Something stands behind the request");
    }
    return this.#part satisfies never;
  }

  #endPart(): ReceiveRequest | undefined {
    switch (this.#part) {
      case "version":
        this.#part = "commands";
        return undefined;
      case "commands":
        // The hook's answer asks for them: they come also where there are none.
        this.#part = "options";
        return undefined;
      case "options":
        this.#part = "done";
        return { isAtomic: this.#isAtomic, commands: this.#commands, options: this.#options };
      case "done":
        throw new SyntaxError("Something stands behind the request");
    }
    return this.#part satisfies never;
  }
}

/** The report's packets, the last one the flush that ends it. */
export function receiveReport(results: readonly RefResult[]): readonly string[] {
  return [
    ...results.map(({ ref, refusal }) =>
      packet(refusal === undefined ? `ok ${ref}` : `ng ${ref} ${oneLine(refusal)}`)
    ),
    FLUSH,
  ];
}

/** Old gits of pushers print it as it comes. */
function oneLine(text: string): string {
  const line = escapeControl(
    text.replace(/[\0\r\n\t]+/g, " ").slice(0, MAX_REFUSAL).toWellFormed(),
  );
  return line === "" ? "failed" : line;
}
