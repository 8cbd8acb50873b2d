import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { startStreamed, type Streamed, TIMED_OUT } from "../../../../lib/process/streamed.ts";

const ENV = { PATH: "/usr/bin:/bin" } as const;

function start(
  script: string,
  options: Partial<Parameters<typeof startStreamed>[1]> = {},
): Streamed {
  const bounds = { limitMs: 60_000, dataBytes: 512 * 1024 ** 2 };
  return startStreamed(["/bin/sh", "-c", script], { env: ENV, ...bounds, ...options });
}

async function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(stream.pipeThrough(new TransformStream())).text();
}

/** Whether a process is there: a zombie is not. */
async function isAlive(pid: string): Promise<boolean> {
  try {
    return !/^State:\s+Z/m.test(await Deno.readTextFile(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

Deno.test("startStreamed hands over stdin and stdout, and tells how it ended", async () => {
  const running = start("cat; echo last >&2; exit 3", { hasStdin: true });
  const writer = running.stdin.getWriter();
  await writer.write(new TextEncoder().encode("hello"));
  await writer.close();
  equal(await text(running.stdout), "hello");
  deepEqual(await running.ended, { code: 3, stderr: "last\n" });
  await running[Symbol.asyncDispose]();
});

Deno.test("startStreamed gives no variables but those it is told, and no stdin", async () => {
  await using running = start("env | sort; cat", { env: { ...ENV, A: "1" } });
  const lines = (await text(running.stdout)).trim().split("\n");
  deepEqual(lines.filter((line) => !/^(PWD|_|OLDPWD|SHLVL)=/.test(line)), [
    "A=1",
    "PATH=/usr/bin:/bin",
  ]);
});

Deno.test("startStreamed tells of progress as it comes, and keeps only the last of a line", async () => {
  const lines: string[] = [];
  await using running = start(`printf 'a: 1%%\\ra: 2%%\\ra: done\\nb\\n' >&2`, {
    onStderr: (line) => lines.push(line),
  });
  await running.stdout.cancel();
  equal((await running.ended).stderr, "a: done\nb\n");
  deepEqual(lines, ["a: 1%", "a: 2%", "a: done", "b"]);
});

Deno.test("startStreamed ends what was started by what it started", async () => {
  const running = start("sleep 300 & echo $!; sleep 301 & echo $!; wait");
  const reader = running.stdout.getReader();
  let seen = "";
  while (seen.split("\n").length < 3) {
    seen += new TextDecoder().decode((await reader.read()).value);
  }
  await running.stop();
  reader.releaseLock();
  await running[Symbol.asyncDispose]();
  for (const pid of seen.trim().split("\n")) {
    while (await isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

Deno.test("startStreamed ends it on abort, and starts nothing for a signal that is aborted", async () => {
  const over = new AbortController();
  await using running = start("sleep 300", { signal: over.signal });
  over.abort(new Error("enough"));
  ok((await running.ended).code > 0);
  await rejects(async () => {
    await using _ = start("true", { signal: over.signal });
  }, /enough/);
});

Deno.test("startStreamed ends it when its time is over", async () => {
  await using running = start("sleep 300", { limitMs: 1_000 });
  await running.stdout.cancel();
  equal((await running.ended).code, TIMED_OUT);
});

Deno.test("startStreamed lets none of its processes take more memory than it may", async () => {
  const script = "exec awk 'BEGIN { s = \"x\"; while (1) s = s s }'";
  await using running = start(script, { dataBytes: 64 * 1024 ** 2 });
  await running.stdout.cancel();
  ok((await running.ended).code > 0);
});
