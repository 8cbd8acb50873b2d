/**
 * The session that the upstream plays: hash a file and print the environment, count the file's bytes, say what came of
 * it. From the first result on, every request holds what stood for the placeholder.
 */

import type { MessagesRequest } from "./check.ts";

/** A file that only the guest has, and what is known of it. */
export interface Subject {
  /** Guest path. */
  readonly file: string;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/** The model's next move, or what is wrong with the tool's result. */
export type Turn =
  | { readonly kind: "tool"; readonly number: 1 | 2; readonly id: string; readonly command: string }
  | { readonly kind: "text"; readonly number: 3; readonly text: string }
  | { readonly kind: "wrong"; readonly what: string };

const HASH_ID = "toolu_01bottlehash";
const COUNT_ID = "toolu_01bottlecount";

/** `CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-***…`: of the same length, which is more than that. */
const OVERWRITTEN = /^(?:CLAUDE_CODE_OAUTH_TOKEN|ANTHROPIC_API_KEY)=\S*\*{40}/m;

/** The last answer of a session that went well. */
export function finalText({ sha256, bytes }: Subject): string {
  return `The file has ${bytes} bytes and the SHA-256 ${sha256}.`;
}

/** Chooses by the tool results that came back; each must say what the file's owner knows. */
export function nextTurn({ blocks, tools }: MessagesRequest, subject: Subject): Turn {
  if (!tools.includes("Bash")) return { kind: "wrong", what: "no tool Bash" };
  const results = blocks.filter((block) => block.type === "tool_result");
  const [hash, count, ...more] = results;
  if (hash === undefined) {
    const command = `sha256sum ${subject.file}; tr '\\0' '\\n' < /proc/$PPID/environ`;
    return { kind: "tool", number: 1, id: HASH_ID, command };
  }
  const hashSaid = hash.text.trim().split(/\s+/)[0];
  if (hash.id !== HASH_ID || hash.isError || hashSaid !== subject.sha256) {
    return { kind: "wrong", what: "the hash that the tool gave" };
  }
  if (!OVERWRITTEN.test(hash.text)) {
    return { kind: "wrong", what: "no variable of the environment with a placeholder overwritten" };
  }
  if (count === undefined) {
    return { kind: "tool", number: 2, id: COUNT_ID, command: `wc -c < ${subject.file}` };
  }
  if (count.id !== COUNT_ID || count.isError || count.text.trim() !== String(subject.bytes)) {
    return { kind: "wrong", what: "the count that the tool gave" };
  }
  if (more.length > 0) return { kind: "wrong", what: "a tool result too many" };
  return { kind: "text", number: 3, text: finalText(subject) };
}
