import assert from "node:assert/strict";
import { inParts, pushArgv } from "../../../../lib/git_gate/push_argv.ts";
import type { RefCommand } from "../../../../lib/git_gate/ref_command.ts";

const NONE = "0".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);

Deno.test("pushArgv gives each ref a lease, and forces nothing besides", () => {
  const commands: readonly RefCommand[] = [
    { ref: "refs/heads/new", old: NONE, new: A },
    { ref: "refs/heads/moved", old: A, new: B },
    { ref: "refs/tags/gone", old: A, new: NONE },
  ];
  assert.deepEqual(pushArgv("upstream", { commands, isAtomic: true, options: ["-x", "a b"] }), [
    ...["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"],
    ...["--no-signed", "--atomic", "--push-option=-x", "--push-option=a b"],
    "--force-with-lease=refs/heads/new:",
    `--force-with-lease=refs/heads/moved:${A}`,
    `--force-with-lease=refs/tags/gone:${A}`,
    "--",
    "upstream",
    `${A}^{object}:refs/heads/new`,
    `${B}^{object}:refs/heads/moved`,
    ":refs/tags/gone",
  ]);
  assert.ok(
    pushArgv("upstream", { commands, isAtomic: false, options: [] }).includes("--no-atomic"),
  );
});

Deno.test("inParts keeps all commands in their order, and each part within its bound", () => {
  const commands = Array.from({ length: 1_000 }, (_, n): RefCommand => ({
    ref: `refs/heads/${"\u00e4".repeat(n % 100)}${n}`,
    old: A,
    new: B,
  }));
  const limit = 20_000;
  const parts = inParts({ commands, isAtomic: true }, limit);
  assert.ok(parts.length > 1);
  assert.deepEqual(parts.flat(), commands);
  for (const part of parts) {
    const { length } = new TextEncoder().encode(
      pushArgv("upstream", { commands: part, isAtomic: false, options: [] }).slice(8).join("\0"),
    );
    assert.ok(length <= limit, `${length}`);
  }
  assert.equal(inParts({ commands: commands.slice(0, 3), isAtomic: true }, 1).length, 3);
  assert.deepEqual(
    inParts({ commands, isAtomic: false }).map(({ length }) => length),
    [500, 500],
  );
  assert.equal(inParts({ commands, isAtomic: true }).length, 1);
});
