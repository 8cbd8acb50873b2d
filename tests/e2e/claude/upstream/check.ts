/** What the upstream insists on: a request that the real Messages API would turn down is turned down here. */

/** A request, read whole. */
export interface ApiRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What the upstream was told to expect. */
export interface Expected {
  /** The header that carries the credential; the other one must be absent. */
  readonly header: "authorization" | "x-api-key";
  readonly token: string;
  /** Texts that the body must hold: the agent's prompt, its skills. Plain ASCII without quotes. */
  readonly mentions: readonly string[];
}

/** A refusal: status, the API's error type, and what is wrong. */
export interface Fault {
  readonly status: 400 | 401 | 404 | 405;
  readonly type: string;
  readonly what: string;
}

/** A content block of a message; a tool's result keeps what it says. */
export type Block =
  | { readonly type: "text"; readonly text: string }
  | {
    readonly type: "tool_result";
    readonly id: string;
    readonly isError: boolean;
    readonly text: string;
  }
  | { readonly type: "other" };

/** The parts of an accepted request that the answer depends on. */
export interface MessagesRequest {
  readonly model: string;
  readonly tools: readonly string[];
  readonly blocks: readonly Block[];
}

/** The API's host, which the request must name. */
export const API_HOST = "api.anthropic.com";

const OAUTH_BETA = "oauth-2025-04-20";
const ROLES = new Set(["user", "assistant", "system"]);

/** Judges in the order in which the API does: host and path, method, credential, headers, body. */
export function checkRequest(request: ApiRequest, expected: Expected): MessagesRequest | Fault {
  return checkTarget(request) ?? checkCredential(request.headers, expected) ??
    checkHeaders(request.headers, expected) ?? checkMentions(request.body, expected) ??
    checkBody(request.body);
}

/** Whether {@linkcode checkRequest} refused. */
export function isFault(answer: MessagesRequest | Fault): answer is Fault {
  return "status" in answer;
}

function checkTarget({ method, url, headers }: ApiRequest): Fault | undefined {
  const { pathname, search } = new URL(url);
  const host = headers.get("host");
  if (host !== API_HOST) return invalid(`host ${host}`);
  if (pathname !== "/v1/messages" || (search !== "" && search !== "?beta=true")) {
    return { status: 404, type: "not_found_error", what: `path ${pathname}${search}` };
  }
  if (method !== "POST") {
    return { status: 405, type: "invalid_request_error", what: `method ${method}` };
  }
  return undefined;
}

function checkCredential(headers: Headers, { header, token }: Expected): Fault | undefined {
  const other = header === "authorization" ? "x-api-key" : "authorization";
  const fault = (what: string): Fault => ({ status: 401, type: "authentication_error", what });
  if (headers.has(other)) return fault(`an unexpected ${other}`);
  const value = headers.get(header);
  if (value === null) return fault(`no ${header}`);
  const wanted = header === "authorization" ? `Bearer ${token}` : token;
  return value === wanted ? undefined : fault(`a wrong ${header}`);
}

function checkHeaders(headers: Headers, { header }: Expected): Fault | undefined {
  const type = headers.get("content-type");
  if (type !== "application/json") return invalid(`content-type ${type}`);
  const version = headers.get("anthropic-version");
  if (version !== "2023-06-01") return invalid(`anthropic-version ${version}`);
  const betas = (headers.get("anthropic-beta") ?? "").split(",");
  if (header === "authorization" && !betas.includes(OAUTH_BETA)) {
    return invalid(`anthropic-beta without ${OAUTH_BETA}`);
  }
  for (const name of ["proxy-authorization", "cookie"]) {
    if (headers.has(name)) return invalid(`an unexpected ${name}`);
  }
  return undefined;
}

function checkMentions(body: string, { mentions }: Expected): Fault | undefined {
  const missing = mentions.find((text) => !body.includes(text));
  return missing === undefined ? undefined : invalid(`a body without "${missing}"`);
}

function checkBody(text: string): MessagesRequest | Fault {
  const body = parseObject(text);
  if (body === null) return invalid("a body that is no JSON object");
  const { model, stream, max_tokens: maxTokens, messages, tools = [], system = [] } = body;
  if (typeof model !== "string" || !/^claude-[a-z0-9.-]+$/.test(model)) return invalid("model");
  if (stream !== true) return invalid("stream");
  if (!Number.isInteger(maxTokens) || Number(maxTokens) < 1) return invalid("max_tokens");
  if (typeof system !== "string" && !Array.isArray(system)) return invalid("system");
  const names = checkTools(tools);
  if (names === null) return invalid("tools");
  const blocks = checkMessages(messages);
  if (blocks === null) return invalid("messages");
  return { model, tools: names, blocks };
}

/** Names of the tools; null if one lacks a name, a description or an object schema. */
function checkTools(tools: unknown): readonly string[] | null {
  if (!Array.isArray(tools)) return null;
  const names: string[] = [];
  for (const tool of tools) {
    if (!isObject(tool)) return null;
    const { name, description, input_schema: schema } = tool;
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return null;
    if (typeof description !== "string" || !isObject(schema)) return null;
    if (schema["type"] !== "object" || !isObject(schema["properties"])) return null;
    names.push(name);
  }
  return new Set(names).size === names.length ? names : null;
}

/** All blocks in order; null unless the conversation begins and ends as the API wants, each tool use answered. */
function checkMessages(messages: unknown): readonly Block[] | null {
  if (!Array.isArray(messages) || messages.length === 0) return null;
  const blocks: Block[] = [];
  const open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return null;
    const { role, content } = message;
    if (typeof role !== "string" || !ROLES.has(role) || (index === 0 && role !== "user")) {
      return null;
    }
    const list = typeof content === "string" ? [{ type: "text", text: content }] : content;
    if (!Array.isArray(list) || list.length === 0) return null;
    for (const item of list) {
      const block = readBlock(item, open);
      if (block === null) return null;
      blocks.push(block);
    }
  }
  return open.size === 0 ? blocks : null;
}

function readBlock(item: unknown, open: Set<string>): Block | null {
  if (!isObject(item)) return null;
  switch (item["type"]) {
    case "text":
      return typeof item["text"] === "string" ? { type: "text", text: item["text"] } : null;
    case "tool_use":
      if (typeof item["id"] !== "string" || !isObject(item["input"])) return null;
      open.add(item["id"]);
      return { type: "other" };
    case "tool_result": {
      const { tool_use_id: id, is_error: isError = false, content = "" } = item;
      if (typeof id !== "string" || !open.delete(id) || typeof isError !== "boolean") return null;
      return { type: "tool_result", id, isError, text: textOf(content) };
    }
    default:
      return typeof item["type"] === "string" ? { type: "other" } : null;
  }
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) =>
    isObject(part) && typeof part["text"] === "string" ? part["text"] : ""
  )
    .join("\n");
}

function invalid(what: string): Fault {
  return { status: 400, type: "invalid_request_error", what };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
