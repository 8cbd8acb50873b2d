import assert from "node:assert/strict";
import { type CommandContext, runCredentialCommand } from "../../../../lib/credential/command.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { createRun } from "../../../../lib/process/create_run.ts";
import type { RunOptions } from "../../../../lib/process/run.ts";
import { fakeContext, fakeRun } from "../../../support/context.ts";

const place = { file: "/dev.md", line: 3 };

async function ask(
  argv: readonly string[],
  given: Partial<CommandContext> = {},
): Promise<{ readonly value: string; readonly stderr: string }> {
  const context = fakeContext();
  const source = { kind: "command", argv } as const;
  const options = { ...context, run: createRun(), mayAsk: false, ...given };
  const value = (await runCredentialCommand({ source, place }, options)).reveal();
  return { value, stderr: context.printed.stderr };
}

async function refusal(pending: Promise<unknown>): Promise<BottleError> {
  const error = await pending.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof BottleError, String(error));
  const told = [error.message, error.hint, ...error.details].join(" ");
  assert.doesNotMatch(told, /s3cret-printed/);
  return error;
}

Deno.test("runCredentialCommand takes what the program prints, and shows its stderr", async () => {
  const { value, stderr } = await ask(["bash", "-c", "echo unlocked >&2; echo s3cret-printed"]);
  assert.deepEqual([value, stderr], ["s3cret-printed", "unlocked\n"]);
});

Deno.test("runCredentialCommand hands arguments over without a shell, in the root folder, with nothing to read", async () => {
  assert.equal((await ask(["echo", "$HOME", "a b", "*"])).value, "$HOME a b *");
  assert.equal((await ask(["pwd"])).value, "/");
  assert.equal((await ask(["bash", "-c", "cat | wc -c"])).value, "0");
});

const failures: readonly [what: string, argv: readonly string[], code: string, message: RegExp][] =
  [
    [
      "fails",
      ["bash", "-c", "echo s3cret-{printed,}; exit 3"],
      "credential-command",
      /^The command "bash -c 'echo s3cret-.*'" failed with exit code 3$/,
    ],
    ["prints nothing", ["true"], "credential-invalid", /gives no credential: it is empty$/],
    ["prints two lines", ["printf", "%s\n", "x", "y"], "credential-invalid", /something else than/],
    ["prints no text", ["printf", "\\377\\0"], "credential-invalid", /something else than/],
    [
      "does not exist",
      ["no-such-program-here"],
      "credential-command",
      /no program "no-such-program-here"/,
    ],
    [
      "is no program",
      ["/dev/null"],
      "credential-command",
      /no program "\/dev\/null" that you may run$/,
    ],
    [
      "prints without an end",
      ["bash", "-c", "exec yes s3cret-{printed,}"],
      "credential-invalid",
      /more than 64 KiB$/,
    ],
    ["prints line ends without an end", ["yes", ""], "credential-invalid", /more than 64 KiB$/],
    [
      "prints one endless line",
      ["head", "-c", "200000", "/dev/zero"],
      "credential-invalid",
      /more than/,
    ],
  ];

for (const [what, argv, code, message] of failures) {
  Deno.test(`runCredentialCommand refuses a program that ${what}, with its place`, async () => {
    const error = await refusal(ask(argv));
    assert.deepEqual([error.code, error.exitCode, error.place], [code, 125, place]);
    assert.match(error.message, message);
    assert.notEqual(error.hint, undefined);
  });
}

/** What a run was told, and a value. */
function telling(told: RunOptions[]): CommandContext["run"] {
  return fakeRun((_argv, options) => {
    told.push(options);
    return { stdout: new TextEncoder().encode("x") };
  });
}

Deno.test("runCredentialCommand gives the terminal only where a person may be asked at one", async () => {
  const { out } = fakeContext();
  const told: RunOptions[] = [];
  const run = telling(told);
  const here = { ...out, isTerminal: { ...out.isTerminal, stdin: true } };
  await ask(["x"], { run, mayAsk: true, out: here });
  await ask(["x"], { run, mayAsk: false, out: here });
  await ask(["x"], { run, mayAsk: true, out });
  assert.deepEqual(
    told.map(({ atTerminal, timeoutMs, stdin }) => ({ atTerminal, timeoutMs, stdin })),
    [
      { atTerminal: true, timeoutMs: undefined, stdin: undefined },
      { atTerminal: false, timeoutMs: 60_000, stdin: undefined },
      { atTerminal: false, timeoutMs: 60_000, stdin: undefined },
    ],
  );
});

Deno.test("runCredentialCommand says what to do about one that waited for nobody", async () => {
  const run = fakeRun(() => Promise.reject(new BottleError("late", { code: "timeout" })));
  const error = await refusal(ask(["pass"], { run }));
  assert.deepEqual([error.code, error.exitCode], ["credential-timeout", 125]);
  assert.match(error.message, /gave no credential within 60 s$/);
});

Deno.test("runCredentialCommand says so where Deno does not permit the program", async () => {
  const run = fakeRun(() => Promise.reject(new Deno.errors.NotCapable("no")));
  const error = await refusal(ask(["pass"], { run }));
  assert.match(`${error.message}; ${error.hint}`, /Deno does not permit it; .*"pass" in its list$/);
});

Deno.test("runCredentialCommand ends the program at an abort, with the abort's reason", async () => {
  const interrupt = new AbortController();
  const reason = new BottleError("Interrupted", { code: "interrupted", exitCode: 130 });
  const stderr = (): void => interrupt.abort(reason);
  const { out } = fakeContext();
  const pending = ask(["bash", "-c", "echo ready >&2; exec sleep 600"], {
    signal: interrupt.signal,
    out: { ...out, stderr },
  });
  assert.equal(await refusal(pending), reason);
});

Deno.test("runCredentialCommand takes a program that Ctrl-C ended for an interrupt, not for a failure", async () => {
  const error = await refusal(ask(["bash", "-c", "kill -INT $$"]));
  assert.deepEqual([error.code, error.exitCode], ["interrupted", 130]);
});

Deno.test("runCredentialCommand escapes stderr on a terminal", async () => {
  let shown = "";
  const { out } = fakeContext();
  await ask(["bash", "-c", "printf 'a\\033[2J\\n' >&2; echo x"], {
    out: {
      isTerminal: { ...out.isTerminal, stderr: true },
      stderr: (text) => void (shown += text),
    },
  });
  assert.equal(shown, "a\\x1b[2J\n");
});
