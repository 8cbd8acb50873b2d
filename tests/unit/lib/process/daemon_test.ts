import assert from "node:assert/strict";
import { type DaemonProcess, startDaemon } from "../../../../lib/process/daemon.ts";

function start(script: string, lines: string[] = []): DaemonProcess {
  return startDaemon({
    argv: ["/bin/sh", "-c", script],
    env: { ONLY: "this" },
    onStderr: (line) => lines.push(line),
  });
}

Deno.test("startDaemon gives the program nothing but the environment that is named", async () => {
  Deno.env.set("BOT_BOTTLE_TEST_LEAK", "leak");
  try {
    const daemon = start("env; pwd");
    const text = await new Response(daemon.readable).text();
    await daemon.writable.close();
    await daemon.ended;
    assert.match(text, /^ONLY=this$/m);
    assert.doesNotMatch(text, /LEAK|HOME=/);
    assert.match(text, /^\/$/m);
  } finally {
    Deno.env.delete("BOT_BOTTLE_TEST_LEAK");
  }
});

Deno.test("startDaemon passes stdin and stdout through and gives stderr by lines", async () => {
  const lines: string[] = [];
  const daemon = start("echo one >&2; cat; echo two >&2", lines);
  const writer = daemon.writable.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  await writer.close();
  assert.equal(await new Response(daemon.readable).text(), "hello");
  assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  assert.deepEqual(lines, ["one", "two"]);
});

Deno.test("DaemonProcess.stop asks with TERM, then ends by force", async () => {
  const polite = start("trap 'exit 7' TERM; while :; do sleep 0.01; done");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await polite.stop(5000);
  assert.equal((await polite.ended).code, 7);
  const deaf = start("trap '' TERM; while :; do sleep 0.01; done");
  await new Promise((resolve) => setTimeout(resolve, 100));
  await deaf.stop(100);
  assert.equal((await deaf.ended).signal, "SIGKILL");
  for (const { readable, writable } of [polite, deaf]) {
    await readable.cancel();
    await writable.close().catch(() => {});
  }
});

Deno.test("startDaemon throws when there is no such program", () => {
  const spec = { argv: ["/nonexistent/program"], env: {}, onStderr: () => {} };
  assert.throws(() => startDaemon(spec), Deno.errors.NotFound);
});
