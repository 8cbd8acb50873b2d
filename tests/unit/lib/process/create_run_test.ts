import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { createRun } from "../../../../lib/process/create_run.ts";

const run = createRun();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

Deno.test("run hands each argument over to the letter", async () => {
  const odd = ["a b", "$HOME", "*", "'", '"', "a\nb", "`id`", "", "-n", "ünï", "\\"];
  const result = await run(["printf", "<%s>", ...odd]);
  equal(text(result.stdout), odd.map((word) => `<${word}>`).join(""));
  equal(result.code, 0);
});

Deno.test("run gives the exit code, and 128 + the signal of what a signal ended", async () => {
  const cases: [string, number][] = [["exit 0", 0], ["exit 7", 7], ["kill -9 $$", 137], [
    "kill -TERM $$",
    143,
  ]];
  for (const [script, code] of cases) equal((await run(["bash", "-c", script])).code, code, script);
});

Deno.test("run starts the program of that name, not a built-in", async () => {
  ok(text((await run(["cat", "--version"])).stdout).includes("coreutils"));
});

Deno.test("run feeds stdin from text, bytes and a stream, and closes it", async () => {
  const bytes = new Uint8Array([0, 255, 10]);
  equal(text((await run(["cat"], { stdin: "päper" })).stdout), "päper");
  deepEqual((await run(["cat"], { stdin: bytes })).stdout, bytes);
  const stream = ReadableStream.from([bytes, bytes]);
  deepEqual(
    (await run(["cat"], { stdin: stream })).stdout,
    new Uint8Array([0, 255, 10, 0, 255, 10]),
  );
  equal((await run(["cat"])).stdout.length, 0);
});

Deno.test("run keeps no more than it is told, and hands every line over all the same", async () => {
  let lines = 0;
  const script = "printf '%.0sabcdefg\\n' {1..20000}; printf xyz >&2";
  const options = { keepBytes: 12, onLine: (): void => void lines++ };
  const result = await run(["bash", "-c", script], options);
  equal(text(result.stdout), "abcdefg\nabcd");
  equal(text(result.stderr), "xyz");
  equal(lines, 20_001);
  const none = await run(["bash", "-c", script], { keepBytes: 0 });
  equal(none.stdout.length + none.stderr.length, 0);
});

Deno.test("run survives a program that does not read its stdin", async () => {
  equal((await run(["true"], { stdin: new Uint8Array(4_000_000) })).code, 0);
});

Deno.test("run does not wait for a stdin that never ends once the program has", async () => {
  const endless = new ReadableStream<Uint8Array>({
    start: (controller): void => controller.enqueue(new Uint8Array(10)),
  });
  equal((await run(["head", "-c", "5"], { stdin: endless })).stdout.length, 5);
});

Deno.test("run adds variables to the inherited ones", async () => {
  const result = await run(["bash", "-c", 'echo "$GIVEN:${PATH:+path}"'], {
    env: { GIVEN: "a $b" },
  });
  equal(text(result.stdout), "a $b:path\n");
});

Deno.test("run calls back with whole lines of both streams", async () => {
  const lines: string[] = [];
  await run(["bash", "-c", "printf 'a\\nb\\r\\nc'; printf 'é\\n' >&2"], {
    onLine: (line, from) => lines.push(`${from}:${line}`),
  });
  deepEqual(lines.filter((line) => line.startsWith("stdout")), [
    "stdout:a",
    "stdout:b",
    "stdout:c",
  ]);
  deepEqual(lines.filter((line) => line.startsWith("stderr")), ["stderr:é"]);
});

Deno.test("run ends the program when a callback throws", async () => {
  const started = performance.now();
  await rejects(
    run(["bash", "-c", "echo x; exec sleep 30"], {
      onLine: () => {
        throw new RangeError("no");
      },
    }),
    RangeError,
  );
  ok(performance.now() - started < 10_000);
});

Deno.test("run names a program that is missing or not executable", async () => {
  for (const program of ["no-such-program-here", import.meta.filename ?? ""]) {
    await rejects(run([program]), (error) => {
      ok(error instanceof BottleError);
      equal(error.code, "program-missing");
      ok(error.message.includes(program));
      return true;
    });
  }
});

Deno.test("run rejects with the signal's reason once the program has ended", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const pending = run(["bash", "-c", "trap 'exit 0' TERM; echo up; sleep 30 & wait"], {
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  });
  await rejects(pending, (error) => error === reason);
});

Deno.test("run starts nothing under a signal that is aborted already", async () => {
  const mark = await Deno.makeTempFile();
  await rejects(run(["rm", mark], { signal: AbortSignal.abort(new Error("over")) }), /over/);
  await Deno.stat(mark);
  await Deno.remove(mark);
});

Deno.test("run rejects with code timeout after timeoutMs", async () => {
  await rejects(
    run(["sleep", "30"], { timeoutMs: 50 }),
    (error) => error instanceof BottleError && error.code === "timeout" && error.exitCode === 124,
  );
});

Deno.test("run gives a program a session of its own: Ctrl-C reaches us alone", async () => {
  const result = await run(["bash", "-c", "ps -o sid= -p $$; echo $$"]);
  const [sid, pid] = text(result.stdout).trim().split(/\s+/);
  equal(sid, pid);
});

Deno.test("duplex talks both ways and tells how the program ended", async () => {
  const duplex = run.duplex(["bash", "-c", 'read -r x; echo "got $x"; echo oops >&2; exit 3']);
  const writer = duplex.writable.getWriter();
  await writer.write(new TextEncoder().encode("hi\n"));
  equal(await new Response(duplex.readable).text(), "got hi\n");
  deepEqual(await duplex.ended, { code: 3, stderr: "oops\n" });
  await writer.close().catch(() => {});
  await duplex[Symbol.asyncDispose]();
});

Deno.test("duplex keeps the last 4 KiB of stderr", async () => {
  await using duplex = run.duplex(["bash", "-c", "for i in {1..3000}; do echo $i; done >&2"]);
  const { stderr } = await duplex.ended;
  equal(stderr.length, 4096);
  ok(stderr.endsWith("2999\n3000\n"));
});

Deno.test("duplex lets a slow reader hold the program back", async () => {
  await using duplex = run.duplex(["bash", "-c", "yes | head -c 5000000; echo done >&2"]);
  const early = await Promise.race([
    duplex.ended.then(() => "ended"),
    new Promise((resolve) => setTimeout(() => resolve("held"), 200)),
  ]);
  equal(early, "held");
});

Deno.test("duplex ends its program when it is disposed, or by its signal", async () => {
  const first = run.duplex(["sleep", "30"]);
  await first[Symbol.asyncDispose]();
  equal((await first.ended).code, 143);
  const controller = new AbortController();
  await using second = run.duplex(["sleep", "30"], { signal: controller.signal });
  controller.abort();
  equal((await second.ended).code, 143);
});

Deno.test("duplex ends a program that never reads what was written to it", async () => {
  const duplex = run.duplex(["sleep", "3600"]);
  const writer = duplex.writable.getWriter();
  // More than a pipe holds.
  const written = writer.write(new Uint8Array(4 << 20));
  writer.releaseLock();
  await Promise.all([rejects(written), duplex[Symbol.asyncDispose]()]);
  equal((await duplex.ended).code, 143);
});

Deno.test("terminal returns the exit code, and rejects when aborted", async () => {
  equal(await run.terminal(["bash", "-c", "exit $GIVEN"], { env: { GIVEN: "9" } }), 9);
  const reason = new Error("stop");
  await rejects(run.terminal(["sleep", "30"], { signal: AbortSignal.timeout(50) }), {
    name: "TimeoutError",
  });
  await rejects(run.terminal(["sleep", "30"], { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("run starts a program in the folder that it is told, and in a session of its own unless it may ask", async () => {
  equal(text((await run(["pwd"], { cwd: "/" })).stdout), "/\n");
  const sessionOf = async (options: { readonly atTerminal?: boolean }): Promise<string> =>
    text((await run(["cut", "-d ", "-f6", "/proc/self/stat"], options)).stdout);
  const ours = (await Deno.readTextFile("/proc/self/stat")).split(" ")[5];
  equal((await sessionOf({ atTerminal: true })).trim(), ours);
  ok((await sessionOf({})).trim() !== ours);
});

Deno.test("run collects no stderr of a program that shares ours", async () => {
  const { code, stdout, stderr } = await run(["bash", "-c", "echo out; exit 3"], {
    atTerminal: true,
  });
  deepEqual([code, text(stdout), stderr.length], [3, "out\n", 0]);
});
