/** Running commands in a bottle. */

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { SubjectFactory } from "./subject.ts";

/** Registers the tests. */
export function conformCommands(name: string, open: SubjectFactory): void {
  Deno.test(`${name}: exec runs commands as they are given`, async (t) => {
    await using subject = await open();
    const manifests = { bottle: { env: { GREETING: "a $b `c` 'd' \"e\"", LANGUAGE: "x" } } };
    await using bottle = await subject.launch(await subject.prepare(manifests));
    const out = async (...argv: string[]): Promise<string> => (await bottle.exec(argv)).stdout;

    await t.step("arguments arrive to the letter", async () => {
      const odd = ["a b", "$HOME", "*", "'", '"', "a\nb", "", "-n", "ünï"];
      equal(await out("printf", "<%s>", ...odd), odd.map((word) => `<${word}>`).join(""));
    });

    await t.step("stdout, stderr and the exit code are the command's own", async () => {
      const script = "echo out; echo err >&2; exit 7";
      deepEqual(await bottle.exec(["bash", "-c", script]), {
        code: 7,
        stdout: "out\n",
        stderr: "err\n",
      });
      equal((await bottle.exec(["true"])).code, 0);
      equal((await bottle.exec(["bash", "-c", "kill -9 $$"])).code, 137);
    });

    await t.step("a program that is missing is 127, one that can't be run 126", async () => {
      equal((await bottle.exec(["no-such-program"])).code, 127);
      equal((await bottle.exec(["/etc/passwd"])).code, 126);
      // Without variables the engine itself starts the program, and not all tell the two apart.
      ok([126, 127].includes((await bottle.exec(["no-such-program"], { bare: true })).code));
    });

    await t.step("stdin arrives and ends", async () => {
      equal((await bottle.exec(["cat"], { stdin: "päper\n" })).stdout, "päper\n");
      const bytes = new Uint8Array(300_000).fill(65);
      equal((await bottle.exec(["wc", "-c"], { stdin: bytes })).stdout.trim(), "300000");
      equal((await bottle.exec(["cat"])).stdout, "");
    });

    await t.step("commands run as node at home unless told otherwise", async () => {
      const script = 'id -un; pwd; echo "$HOME:$USER"';
      equal(await out("bash", "-c", script), "node\n/home/node\n/home/node:node\n");
      const root = await bottle.exec(["bash", "-c", script], { user: "root", cwd: "/tmp" });
      equal(root.stdout, "root\n/tmp\n/root:root\n");
    });

    await t.step(
      "variables of manifest, call and bottle arrive; bare leaves them out",
      async () => {
        const script = 'printf "%s\\n" "$GREETING" "$GIVEN" "$HTTPS_PROXY" "$BOT_BOTTLE_SLUG"';
        const env = { GIVEN: "line 1\nline 2", LD_PRELOAD: "" };
        const { stdout } = await bottle.exec(["bash", "-c", script], { env });
        const proxy = bottle.endpoints.proxyUrl;
        equal(stdout, `a $b \`c\` 'd' "e"\nline 1\nline 2\n${proxy}\n${bottle.plan.slug}\n`);
        const bare = await bottle.exec(["bash", "-c", script], { env, bare: true });
        equal(bare.stdout, "\nline 1\nline 2\n\n\n");
      },
    );

    await t.step("no variable's value is on an argv of the host", () => {
      const words = subject.calls.flat();
      ok(words.length > 100);
      for (const value of ["a $b `c`", "line 2", bottle.endpoints.proxyUrl]) {
        deepEqual(words.filter((word) => word.includes(value)), [], value);
      }
    });

    await t.step(
      "variables that the engine's client reads itself don't change the call",
      async () => {
        const env = {
          DOCKER_HOST: "tcp://127.0.0.1:1",
          HTTPS_PROXY: "http://127.0.0.1:1",
          PATH: "/usr/bin:/bin",
        };
        const { stdout, code } = await bottle.exec([
          "bash",
          "-c",
          'echo "$DOCKER_HOST $HTTPS_PROXY $PATH"',
        ], { env });
        deepEqual({ stdout, code }, { stdout: `${Object.values(env).join(" ")}\n`, code: 0 });
      },
    );

    await t.step("lines come as they are printed", async () => {
      const lines: string[] = [];
      const onLine = (line: string): void => void lines.push(line);
      await bottle.exec(["bash", "-c", "echo a; echo b"], { onLine });
      deepEqual(lines, ["a", "b"]);
    });

    await t.step(
      "a limit and a signal end the wait, and the command with all it started",
      async () => {
        const stubborn = ["bash", "-c", "trap '' TERM; sleep 4711 & while :; do sleep 0.2; done"];
        await rejects(bottle.exec(stubborn, { timeoutMs: 500 }), { code: "timeout" });
        await rejects(bottle.exec(["sleep", "4711"], { signal: AbortSignal.timeout(300) }), {
          name: "TimeoutError",
        });
        await rejects(bottle.attach(["sleep", "4711"], { signal: AbortSignal.timeout(300) }), {
          name: "TimeoutError",
        });
        equal(await out("pgrep", "--full", "--list-full", "4711|trap"), "");
      },
    );

    await t.step("attach passes the exit code on", async () => {
      equal(await bottle.attach(["bash", "-c", 'test "$GREETING" != "" && exit 5']), 5);
    });

    await t.step("the bundle answers", async () => {
      const { ready, configured } = await bottle.control.call("ready", null);
      deepEqual({ ready, configured }, { ready: true, configured: true });
    });
  });
}
