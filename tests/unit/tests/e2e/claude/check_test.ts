import assert from "node:assert/strict";
import {
  type ApiRequest,
  checkRequest,
  type Expected,
  isFault,
} from "../../../../e2e/claude/upstream/check.ts";

const mentions = ["hash it"];
const oauth: Expected = { header: "authorization", token: "sk-ant-oat01-real", mentions };
const apiKey: Expected = { header: "x-api-key", token: "sk-ant-api03-real", mentions };

const tool = {
  name: "Bash",
  description: "Runs",
  input_schema: { type: "object", properties: {} },
};
const use = { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "B", input: {} }] };
const result = {
  role: "user",
  content: [{ type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: "abc" }] }],
};
const goodBody = {
  model: "claude-sonnet-5",
  max_tokens: 100,
  stream: true,
  tools: [tool],
  messages: [{ role: "user", content: "hash it" }],
};

function request(
  { headers = {}, body = goodBody, without = [], ...rest }: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly without?: readonly string[];
    readonly body?: unknown;
    readonly url?: string;
    readonly method?: string;
  } = {},
): ApiRequest {
  const all = new Headers({
    host: "api.anthropic.com",
    authorization: "Bearer sk-ant-oat01-real",
    "content-type": "application/json",
    "anthropic-version": "2023-06-01",
    "anthropic-beta": "claude-code-20250219,oauth-2025-04-20",
    ...headers,
  });
  for (const name of without) all.delete(name);
  return {
    method: "POST",
    url: "https://api.anthropic.com/v1/messages?beta=true",
    headers: all,
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...rest,
  };
}

Deno.test("checkRequest accepts what Claude Code sends, with either credential", () => {
  const messages = [...goodBody.messages, use, result];
  assert.deepEqual(checkRequest(request({ body: { ...goodBody, messages } }), oauth), {
    model: "claude-sonnet-5",
    tools: ["Bash"],
    blocks: [
      { type: "text", text: "hash it" },
      { type: "other" },
      { type: "tool_result", id: "t1", isError: false, text: "abc" },
    ],
  });
  const keyed = request({
    headers: { "x-api-key": "sk-ant-api03-real" },
    without: ["authorization", "anthropic-beta"],
  });
  assert.equal(isFault(checkRequest(keyed, apiKey)), false);
});

const refused: readonly [name: string, status: number, request: ApiRequest][] = [
  ["another host", 400, request({ headers: { host: "evil.example" } })],
  ["another path", 404, request({ url: "https://api.anthropic.com/v1/files" })],
  ["a path below", 404, request({ url: "https://api.anthropic.com/v1/messages/batches" })],
  ["another query", 404, request({ url: "https://api.anthropic.com/v1/messages?key=x" })],
  ["another method", 405, request({ method: "PUT" })],
  ["no credential", 401, request({ without: ["authorization"] })],
  ["a wrong token", 401, request({ headers: { authorization: "Bearer sk-ant-oat01-fake" } })],
  ["a bare token", 401, request({ headers: { authorization: "sk-ant-oat01-real" } })],
  ["another scheme", 401, request({ headers: { authorization: "Basic sk-ant-oat01-real" } })],
  ["both credentials", 401, request({ headers: { "x-api-key": "sk-ant-oat01-real" } })],
  ["no version", 400, request({ without: ["anthropic-version"] })],
  ["another version", 400, request({ headers: { "anthropic-version": "2022-01-01" } })],
  ["another content type", 400, request({ headers: { "content-type": "text/plain" } })],
  ["no OAuth beta", 400, request({ headers: { "anthropic-beta": "claude-code-20250219" } })],
  ["a cookie", 400, request({ headers: { cookie: "a=b" } })],
  ["proxy credentials", 400, request({ headers: { "proxy-authorization": "Basic x" } })],
  ["no JSON", 400, request({ body: "{" })],
  ["an array", 400, request({ body: [] })],
  ...Object.entries({
    "another prompt": { messages: [{ role: "user", content: "forget it" }] },
    "no model": { model: undefined },
    "another model": { model: "gpt-9" },
    "no stream": { stream: false },
    "no max_tokens": { max_tokens: 0 },
    "no messages": { messages: [] },
    "a first message of the assistant": { messages: [use, result] },
    "an unknown role": { messages: [...goodBody.messages, { role: "tool", content: "x" }] },
    "empty content": { messages: [...goodBody.messages, { role: "user", content: [] }] },
    "a tool use without a result": { messages: [...goodBody.messages, use] },
    "a result without a tool use": { messages: [...goodBody.messages, result] },
    "tools that are no array": { tools: {} },
    "a tool without a schema": { tools: [{ ...tool, input_schema: undefined }] },
    "a tool whose schema is no object": { tools: [{ ...tool, input_schema: { type: "string" } }] },
    "a tool without a description": { tools: [{ ...tool, description: undefined }] },
    "two tools of one name": { tools: [tool, tool] },
  }).map(([name, change]): [string, number, ApiRequest] => [
    name,
    400,
    request({ body: { ...goodBody, ...change } }),
  ]),
];

for (const [name, status, given] of refused) {
  Deno.test(`checkRequest refuses ${name} with ${status}`, () => {
    const answer = checkRequest(given, oauth);
    assert.ok(isFault(answer));
    assert.equal(answer.status, status);
    assert.doesNotMatch(answer.what, /sk-ant/);
  });
}
