import assert from "node:assert/strict";
import { FLUSH } from "../../../../lib/git_gate/pkt_line.ts";
import {
  ReceiveDialog,
  receiveReport,
  type ReceiveRequest,
} from "../../../../lib/git_gate/proc_receive.ts";

const NONE = "0".repeat(40);
const ID = "a".repeat(40);

/** `null`: a flush. */
function requestOf(...packets: readonly (string | null)[]): ReceiveRequest | undefined {
  const dialog = new ReceiveDialog();
  let request: ReceiveRequest | undefined;
  for (const packet of packets) {
    request = dialog.push(packet === null ? null : new TextEncoder().encode(packet)) ?? request;
  }
  return request;
}

Deno.test("ReceiveDialog takes commands and options, as git 2.47 sends them", () => {
  const commands = [`${NONE} ${ID} refs/heads/main`, `${ID} ${NONE} refs/heads/a b`];
  assert.deepEqual(
    requestOf("version=1\0atomic push-options\n", null, ...commands, null, "ci.skip", "a b", null),
    {
      isAtomic: true,
      commands: [
        { ref: "refs/heads/main", old: NONE, new: ID },
        { ref: "refs/heads/a b", old: ID, new: NONE },
      ],
      options: ["ci.skip", "a b"],
    },
  );
  const plain = requestOf("version=1\n", null, `${NONE} ${ID} refs/heads/a\n`, null, null);
  assert.deepEqual([plain?.isAtomic, plain?.options], [false, []]);
});

Deno.test("ReceiveDialog has no request before all of it has come", () => {
  assert.equal(requestOf("version=1", null, `${NONE} ${ID} refs/heads/a`, null, "o"), undefined);
});

const bad: readonly (readonly [string, readonly (string | null)[]])[] = [
  ["another version", ["version=2"]],
  ["no version", [`${NONE} ${ID} refs/heads/a`]],
  ["a command that is none", ["version=1", null, "refs/heads/a"]],
  ["ids of two lengths", ["version=1", null, `${NONE} ${"a".repeat(64)} refs/heads/a`]],
  ["something behind the end", ["version=1", null, null, null, "x"]],
  ["a flush behind the end", ["version=1", null, null, null, null]],
];
for (const [name, packets] of bad) {
  Deno.test(`ReceiveDialog refuses ${name}`, () => {
    assert.throws(() => requestOf(...packets), SyntaxError);
  });
}

Deno.test("receiveReport tells each ref, a refusal on one line", () => {
  assert.deepEqual(
    receiveReport([
      { ref: "refs/heads/a", refusal: undefined },
      { ref: "refs/heads/b", refusal: "hook\ndeclined\0" },
      { ref: "refs/heads/c", refusal: "" },
      { ref: "refs/heads/d", refusal: "\x1b]0;x\x07" },
    ]),
    [
      "0013ok refs/heads/a",
      "0022ng refs/heads/b hook declined ",
      "001ang refs/heads/c failed",
      "0020ng refs/heads/d \\x1b]0;x\\x07",
      FLUSH,
    ],
  );
});
