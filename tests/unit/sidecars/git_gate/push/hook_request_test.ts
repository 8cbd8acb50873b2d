import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { FLUSH, packet } from "../../../../../lib/git_gate/pkt_line.ts";
import {
  type HookRequest,
  readHookRequest,
} from "../../../../../sidecars/git_gate/push/hook_request.ts";

const ID = "0123456789abcdef0123456789abcdef";
const NONE = "0".repeat(40);
const A = "a".repeat(40);

/** A connection that says this, in pieces of so many bytes. */
function says(text: string | Uint8Array, size = 1_000): Pick<Deno.Conn, "read"> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  let at = 0;
  return {
    read: (into) => {
      if (at >= bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + Math.min(size, into.length));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}

const PRE = lines(
  `pre-receive ${ID}`,
  ...["/m/objects/q", "/m/objects", "/m/objects/q"],
  ...["2", "ci.skip", "a b"],
  `${NONE} ${A} refs/heads/\u00e4`,
  `${A} ${NONE} refs/heads/b c`,
);
const PRE_REQUEST: HookRequest = {
  hook: "pre-receive",
  push: ID,
  quarantine: {
    GIT_OBJECT_DIRECTORY: "/m/objects/q",
    GIT_ALTERNATE_OBJECT_DIRECTORIES: "/m/objects",
    GIT_QUARANTINE_PATH: "/m/objects/q",
  },
  options: ["ci.skip", "a b"],
  commands: [
    { ref: "refs/heads/\u00e4", old: NONE, new: A },
    { ref: "refs/heads/b c", old: A, new: NONE },
  ],
};
const PROC = lines(`proc-receive ${ID}`) + packet("version=1\0atomic\n") + FLUSH +
  packet(`${NONE} ${A} refs/heads/a`) + FLUSH + packet("o") + FLUSH;
const PROC_REQUEST: HookRequest = {
  hook: "proc-receive",
  push: ID,
  request: {
    isAtomic: true,
    commands: [{ ref: "refs/heads/a", old: NONE, new: A }],
    options: ["o"],
  },
};

Deno.test("readHookRequest reads both hooks, however their words are cut", async () => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 40 }), async (size) => {
    assert.deepEqual(await readHookRequest(says(PRE, size)), PRE_REQUEST);
    assert.deepEqual(await readHookRequest(says(PROC, size)), PROC_REQUEST);
  }));
});

Deno.test("readHookRequest knows of a push that brings nothing", async () => {
  const text = lines(`pre-receive ${ID}`, "", "", "", "0", `${A} ${NONE} refs/heads/a`);
  const request = await readHookRequest(says(text));
  assert.ok(request?.hook === "pre-receive");
  assert.deepEqual([request.quarantine, request.options], [undefined, []]);
});

Deno.test("readHookRequest reads a ref's name that is no UTF-8 as one that no rule lets through", async () => {
  const head = new TextEncoder().encode(
    lines(`pre-receive ${ID}`, "", "", "", "0") + `${NONE} ${A} refs/heads/a`,
  );
  const request = await readHookRequest(says(new Uint8Array([...head, 0xff, 0x0a])));
  assert.ok(request?.hook === "pre-receive");
  assert.equal(request.commands[0]?.ref, "refs/heads/a\ufffd");
});

Deno.test("readHookRequest has no request of a proc-receive that breaks off", async () => {
  assert.equal(await readHookRequest(says(PROC.slice(0, -4))), undefined);
});

const bad: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["another hook", lines(`post-receive ${ID}`)],
  ["a short id", lines("pre-receive 0123")],
  ["no number of options", lines(`pre-receive ${ID}`, "", "", "", "x")],
  ["too many options", lines(`pre-receive ${ID}`, "", "", "", "1001")],
  ["a command that is none", lines(`pre-receive ${ID}`, "", "", "", "0", "refs/heads/a")],
  ["a command without an end", lines(`pre-receive ${ID}`, "", "", "", "0") + `${NONE} ${A} refs/x`],
  ["packets that are none", `${lines(`proc-receive ${ID}`)}zzzz`],
  ["8 MiB", `${lines(`pre-receive ${ID}`)}${"a".repeat(8 * 1024 ** 2)}`],
];
for (const [name, text] of bad) {
  Deno.test(`readHookRequest refuses ${name}`, async () => {
    await assert.rejects(readHookRequest(says(text, 16_000)), SyntaxError);
  });
}
