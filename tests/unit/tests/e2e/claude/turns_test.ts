import assert from "node:assert/strict";
import type { Block } from "../../../../e2e/claude/upstream/check.ts";
import { encodeEvent, turnEvents } from "../../../../e2e/claude/upstream/events.ts";
import { finalText, nextTurn, type Turn } from "../../../../e2e/claude/upstream/turns.ts";

const subject = { file: "/home/node/f", sha256: "ab".repeat(32), bytes: 17 };
const model = "claude-sonnet-5";

function turnAfter(blocks: readonly Block[], tools: readonly string[] = ["Bash"]): Turn {
  return nextTurn({ model, tools, blocks }, subject);
}

function result(id: string, text: string, isError = false): Block {
  return { type: "tool_result", id, text, isError };
}

const hashed = `${subject.sha256}  /home/node/f\nHOME=/home/node\n`;
const hash = result("toolu_01bottlehash", `${hashed}ANTHROPIC_API_KEY=${"*".repeat(60)}\n`);
const count = result("toolu_01bottlecount", "17\n");

Deno.test("nextTurn plays hash, count and the last word, as the results come back", () => {
  const first = turnAfter([]);
  assert.ok(first.kind === "tool");
  assert.equal(first.command, "sha256sum /home/node/f; tr '\\0' '\\n' < /proc/$PPID/environ");
  const second = turnAfter([hash]);
  assert.ok(second.kind === "tool");
  assert.equal(second.command, "wc -c < /home/node/f");
  assert.deepEqual(turnAfter([hash, count]), {
    kind: "text",
    number: 3,
    text: finalText(subject),
  });
});

const wrong: readonly [name: string, turn: Turn][] = [
  ["a session without Bash", turnAfter([], ["Read"])],
  ["another hash", turnAfter([result("toolu_01bottlehash", "cd".repeat(32))])],
  ["the hash as an error", turnAfter([result("toolu_01bottlehash", subject.sha256, true)])],
  ["an environment without a placeholder", turnAfter([result("toolu_01bottlehash", hashed)])],
  [
    "a placeholder that came through",
    turnAfter([
      result(
        "toolu_01bottlehash",
        `${hashed}ANTHROPIC_API_KEY=sk-ant-api03-bot-bottle-demo-ab12c-x\n`,
      ),
    ]),
  ],
  ["the hash under another id", turnAfter([result("toolu_x", subject.sha256)])],
  ["another count", turnAfter([hash, result("toolu_01bottlecount", "18")])],
  ["a result too many", turnAfter([hash, count, count])],
];

for (const [name, turn] of wrong) {
  Deno.test(`nextTurn refuses ${name}`, () => assert.equal(turn.kind, "wrong"));
}

Deno.test("turnEvents splits a tool's input over deltas that join to its JSON", () => {
  const turn = turnAfter([]);
  assert.ok(turn.kind === "tool");
  const events = turnEvents(turn, model);
  const joined = events.map(({ data }) => JSON.stringify(data["delta"] ?? {})).map((text) =>
    JSON.parse(text).partial_json ?? ""
  ).join("");
  assert.equal(JSON.parse(joined).command, turn.command);
  const names = events.map(({ name }) => name);
  assert.equal(names[0], "message_start");
  assert.equal(names.at(-1), "message_stop");
  assert.ok(names.filter((name) => name === "content_block_delta").length > 3);
});

Deno.test("encodeEvent writes name and data as one event", () => {
  const text = new TextDecoder().decode(encodeEvent({ name: "ping", data: { type: "ping" } }));
  assert.equal(text, 'event: ping\ndata: {"type":"ping"}\n\n');
});
