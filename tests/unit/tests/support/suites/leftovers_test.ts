import assert from "node:assert/strict";
import {
  type Leftover,
  leftoversOf,
  listLeftovers,
  newLeftovers,
  parseList,
  removeLeftovers,
} from "../../../../support/suites/leftovers.ts";
import { homeId } from "../../../../../lib/names.ts";
import { fakeRun } from "../../../../support/context.ts";

const left = (kind: Leftover["kind"], name: string, home = ""): Leftover => ({ kind, name, home });

Deno.test("parseList takes what carries a label of ours", () => {
  const text = [
    "bot-bottle-a-agent\tbot-bottle.home=0123456789ab,bot-bottle.slug=a",
    "by-hand\torg.example=1,bot-bottle.role=inner",
    "foreign\torg.bot-bottle.home=1",
    "plain\t",
    "",
  ].join("\n");
  assert.deepEqual(parseList("network", text), [
    left("network", "bot-bottle-a-agent", "0123456789ab"),
    left("network", "by-hand"),
  ]);
});

Deno.test("newLeftovers leaves out what was there and what is the person's own", () => {
  const before = [left("volume", "old")];
  const now = [
    left("volume", "old"),
    left("container", "old"),
    left("container", "own", "aaa"),
    left("network", "new", "bbb"),
  ];
  assert.deepEqual(newLeftovers(before, now, "aaa"), [
    left("container", "old"),
    left("network", "new", "bbb"),
  ]);
});

Deno.test("listLeftovers asks for containers that have stopped too", async () => {
  const run = fakeRun((argv) => ({
    stdout: new TextEncoder().encode(argv.includes("--all") ? "c\tbot-bottle.slug=c\n" : ""),
  }));
  assert.deepEqual(await listLeftovers(run), [left("container", "c")]);
  assert.deepEqual(run.calls.map(([, ...rest]) => rest.slice(0, 2)), [
    ["ps", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ]);
});

Deno.test("listLeftovers fails when the engine does", async () => {
  const run = fakeRun(() => ({ code: 1, stderr: new TextEncoder().encode("no engine") }));
  await assert.rejects(listLeftovers(run), /no engine/);
});

Deno.test("leftoversOf takes those of homes in a folder, at two depths", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${folder}/test-1/home`, { recursive: true });
    await Deno.writeTextFile(`${folder}/file`, "");
    const ours = [
      left("container", "a", homeId(`${folder}/test-1`)),
      left("volume", "b", homeId(`${folder}/test-1/home`)),
    ];
    const others = [left("container", "c", homeId("/elsewhere")), left("network", "d")];
    assert.deepEqual(await leftoversOf(folder, [...others, ...ours]), ours);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("removeLeftovers removes each, a container by force", async () => {
  const run = fakeRun();
  await removeLeftovers(run, [left("container", "c"), left("network", "n"), left("volume", "v")]);
  assert.deepEqual(run.calls, [
    ["docker", "container", "rm", "--force", "--volumes", "c"],
    ["docker", "network", "rm", "n"],
    ["docker", "volume", "rm", "v"],
  ]);
});
