/** A turn as the stream of events that the Messages API sends. */

import type { Turn } from "./turns.ts";

/** A server-sent event: its name, and its data before it is made JSON. */
export interface StreamEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Characters a delta carries: few, so that a turn is many events. */
const DELTA = 12;

/** All events of a turn, in order. */
export function turnEvents(turn: Exclude<Turn, { kind: "wrong" }>, model: string): StreamEvent[] {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const tool = turn.kind === "tool";
  const text = tool
    ? JSON.stringify({ command: turn.command, description: "Look at the file" })
    : turn.text;
  return [
    event("message_start", {
      message: {
        id: `msg_01bottle${turn.number}`,
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage,
      },
    }),
    event("content_block_start", {
      index: 0,
      content_block: tool
        ? { type: "tool_use", id: turn.id, name: "Bash", input: {} }
        : { type: "text", text: "" },
    }),
    event("ping", {}),
    ...pieces(text).map((piece) =>
      event("content_block_delta", {
        index: 0,
        delta: tool
          ? { type: "input_json_delta", partial_json: piece }
          : { type: "text_delta", text: piece },
      })
    ),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: tool ? "tool_use" : "end_turn", stop_sequence: null },
      usage: { output_tokens: 20 },
    }),
    event("message_stop", {}),
  ];
}

/** An event's bytes on the wire. */
export function encodeEvent({ name, data }: StreamEvent): Uint8Array {
  return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** Keeps the connection busy while the upstream waits. */
export const PING: StreamEvent = event("ping", {});

function event(name: string, data: Readonly<Record<string, unknown>>): StreamEvent {
  return { name, data: { type: name, ...data } };
}

function pieces(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${DELTA}}`, "g")) ?? [];
}
