import { deepEqual, equal, ok } from "node:assert/strict";
import { type GuestExec, guestExec } from "../../../../backends/docker/guest_exec.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { createRun } from "../../../../lib/process/create_run.ts";

const plain: GuestExec = {
  container: "c",
  argv: ["echo", "-n"],
  user: "node",
  cwd: "/home/node",
  home: "/home/node",
  env: {},
  stdin: "closed",
};
const common = [
  "--user",
  "node",
  "--workdir",
  "/home/node",
  "--env",
  "HOME=/home/node",
  "--env",
  "USER=node",
];

Deno.test("guestExec runs the command itself where there are no variables", () => {
  deepEqual(guestExec(plain), { args: ["exec", ...common, "c", "echo", "-n"], env: {} });
});

Deno.test("guestExec has uid 0 find no program in a folder that the agent can write", () => {
  const { args } = guestExec({ ...plain, user: "root", home: "/root" });
  deepEqual(args.slice(0, 5), [
    ...["exec", "--user", "root", "--env"],
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  ]);
  ok(!guestExec(plain).args.some((word) => word.startsWith("PATH=")));
});

Deno.test("guestExec opens stdin, and the terminal, only when asked", () => {
  deepEqual(guestExec({ ...plain, stdin: "open" }).args.slice(0, 2), ["exec", "--interactive"]);
  deepEqual(guestExec({ ...plain, stdin: "terminal" }).args.slice(0, 5), [
    ...["exec", "--interactive", "--tty", "--detach-keys", "ctrl-^,ctrl-@,ctrl-^"],
  ]);
});

Deno.test("guestExec gives variables names that the engine's client does not read", () => {
  const { args, env } = guestExec({ ...plain, env: { HTTPS_PROXY: "http://p", LD_PRELOAD: "x" } });
  deepEqual(env, { BOT_BOTTLE_ENV_0: "http://p", BOT_BOTTLE_ENV_1: "x" });
  deepEqual(args.slice(0, 14), [
    ...["exec", ...common, "--env", "BOT_BOTTLE_ENV_0", "--env", "BOT_BOTTLE_ENV_1", "c"],
  ]);
  deepEqual(args.slice(-6), ["bash", "2", "HTTPS_PROXY", "LD_PRELOAD", "echo", "-n"]);
  ok(!args.some((word) => word.includes("http://p")));
});

Deno.test("guestExec's script restores any value and any command, and leaves nothing else", async () => {
  const run = createRun();
  // NUL can be in no variable, and a lone surrogate in no UTF-8.
  const value = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) =>
    !text.includes("\0") && text.isWellFormed()
  );
  const names = fc.uniqueArray(
    fc.constantFrom("A", "B_1", "n", "count", "value", "HTTPS_PROXY", "x"),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.array(value, { minLength: 5, maxLength: 5 }),
      value,
      async (names, values, word) => {
        const env = Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
        const argv = [Deno.execPath(), "eval", SHOW, "--", word];
        const { args, env: own } = guestExec({ ...plain, argv, env });
        const inner = args.slice(args.indexOf("c") + 1);
        const { stdout } = await run(inner, { env: own });
        const shown = JSON.parse(new TextDecoder().decode(stdout));
        deepEqual(shown.word, word);
        for (const name of names) equal(shown.env[name], env[name], name);
        deepEqual(Object.keys(shown.env).filter((name) => name.startsWith("BOT_BOTTLE_ENV")), []);
      },
    ),
    { numRuns: 12 },
  );
});

/** Prints its environment and its argument. */
const SHOW =
  `Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ env: Deno.env.toObject(), word: Deno.args.at(-1) })))`;

Deno.test("guestExec's script passes on 126, 127 and the command's own code", async () => {
  const run = createRun();
  const cases: readonly [readonly string[], number][] = [
    [["no-such-program"], 127],
    [["/etc/passwd"], 126],
    [["bash", "-c", "exit 5"], 5],
  ];
  for (const [argv, code] of cases) {
    const { args, env } = guestExec({ ...plain, argv, env: { A: "1" } });
    equal((await run(args.slice(args.indexOf("c") + 1), { env })).code, code, argv.join(" "));
  }
});
