/** JSON-RPC 2.0 messages: what a line may be. */

import { RpcErrorCode } from "./protocol.ts";

/** An error as it travels: the code says what to do, the message is for people and holds no secret. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An identifier of a request, chosen by its sender. */
export type RpcId = string | number;

/** A line, told apart. `params` is null where the line has none. */
export type RpcMessage =
  | {
    readonly kind: "request";
    readonly id: RpcId;
    readonly method: string;
    readonly params: unknown;
  }
  | { readonly kind: "notification"; readonly method: string; readonly params: unknown }
  | { readonly kind: "result"; readonly id: RpcId; readonly result: unknown }
  | { readonly kind: "error"; readonly id: RpcId | null; readonly error: RpcError }
  | { readonly kind: "bad"; readonly id: RpcId | null; readonly error: RpcError };

/** Reads one line. Never throws: what is no message comes back as `bad`, with the error to answer. */
export function parseMessage(line: Uint8Array): RpcMessage {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
  } catch {
    // The parser's message quotes its input, which may be a credential: it is not passed on.
    return bad(null, RpcErrorCode.parse, "Not JSON");
  }
  if (!isRecord(value)) return bad(null, RpcErrorCode.invalidRequest, "Not a JSON-RPC message");
  const id = isId(value.id) ? value.id : null;
  if (value.jsonrpc !== "2.0") return bad(id, RpcErrorCode.invalidRequest, "Not JSON-RPC 2.0");
  if (typeof value.method === "string") return request(value, value.method, id);
  if ("error" in value) return { kind: "error", id, error: toError(value.error) };
  if ("result" in value && id !== null) return { kind: "result", id, result: value.result };
  return bad(id, RpcErrorCode.invalidRequest, "Neither a request nor an answer");
}

/** A request's line. */
export function requestLine(id: RpcId, method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params: params ?? undefined });
}

/** A notification's line. */
export function notificationLine(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params: params ?? undefined });
}

/** A good answer's line. */
export function resultLine(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result: result ?? null });
}

/** A refusal's line. */
export function errorLine(id: RpcId | null, error: RpcError): string {
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    error: { code: error.code, message: error.message },
  });
}

function request(value: Record<string, unknown>, method: string, id: RpcId | null): RpcMessage {
  const params = value.params ?? null;
  if (typeof params !== "object") {
    return bad(id, RpcErrorCode.invalidRequest, "Parameters are an object or nothing");
  }
  if (!("id" in value)) return { kind: "notification", method, params };
  if (id === null) return bad(null, RpcErrorCode.invalidRequest, "The id is a string or a number");
  return { kind: "request", id, method, params };
}

function toError(value: unknown): RpcError {
  const code = isRecord(value) && typeof value.code === "number" ? value.code : null;
  const message = isRecord(value) && typeof value.message === "string" ? value.message : null;
  return new RpcError(code ?? RpcErrorCode.internal, message ?? "An error without a message");
}

function bad(id: RpcId | null, code: number, message: string): RpcMessage {
  return { kind: "bad", id, error: new RpcError(code, message) };
}

function isId(value: unknown): value is RpcId {
  return typeof value === "string" || typeof value === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
