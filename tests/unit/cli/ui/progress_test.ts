import assert from "node:assert/strict";
import { createProgress } from "../../../../cli/ui/progress.ts";
import { fakeContext } from "../../../support/context.ts";

function terminal(): ReturnType<typeof fakeContext> {
  const context = fakeContext();
  const isTerminal = { stdin: true, stdout: true, stderr: true };
  return { ...context, out: { ...context.out, isTerminal, useColor: true } };
}

Deno.test("progress in a pipe prints a plain line for each step that ended", () => {
  const context = fakeContext();
  using progress = createProgress(context, { quiet: false, verbose: false });
  {
    using image = progress.step("Agent image");
    image.line("Step 1/3 : FROM x");
    image.done("built");
    using _network = progress.step("Networks");
  }
  assert.equal(context.printed.stderr, "✓ Agent image 0.0s  built\n✗ Networks 0.0s  failed\n");
});

Deno.test("progress says stopped, not failed, after an interrupt", () => {
  const interrupt = new AbortController();
  const context = fakeContext({ signal: interrupt.signal });
  using progress = createProgress(context, { quiet: false, verbose: false });
  {
    using _step = progress.step("Bundle");
    interrupt.abort();
  }
  assert.equal(context.printed.stderr, "– Bundle 0.0s  stopped\n");
});

Deno.test("progress prints every line of output with --verbose, escaped", () => {
  const context = fakeContext();
  using progress = createProgress(context, { quiet: false, verbose: true });
  using step = progress.step("Agent image");
  step.line("Get:1 \u001b[2Jtrixie");
  step.done();
  assert.equal(context.printed.stderr, "  Get:1 \\x1b[2Jtrixie\n✓ Agent image 0.0s\n");
});

Deno.test("progress says nothing with --quiet", () => {
  const context = fakeContext();
  using progress = createProgress(context, { quiet: true, verbose: true });
  using step = progress.step("x");
  step.line("y");
  step.done();
  assert.equal(context.printed.stderr, "");
});

Deno.test("progress in a terminal draws the running steps below those that ended", () => {
  const context = terminal();
  const progress = createProgress(context, { quiet: false, verbose: false });
  const one = progress.step("One");
  const two = progress.step("Two");
  two.line("a line\u0007 of output");
  one.done();
  // deno-lint-ignore no-control-regex -- they are what is taken out
  const drawn = context.printed.stderr.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "");
  assert.equal(drawn, "\r✓ One 0.0s\n⠋ Two 0.0s\n    a line\\x07 of output\n");
  two.done();
  progress[Symbol.dispose]();
  assert.ok(context.printed.stderr.includes("\u001b[2A"), "goes back over the lines it drew");
});

Deno.test("progress leaves alone what was printed about an interrupt", () => {
  const interrupt = new AbortController();
  const context = { ...terminal(), signal: interrupt.signal };
  using progress = createProgress(context, { quiet: false, verbose: false });
  {
    using _one = progress.step("One");
    using two = progress.step("Two");
    two.done();
    context.out.stderr("Interrupted\n");
    interrupt.abort();
  }
  const after = context.printed.stderr.split("Interrupted\n")[1] ?? "";
  // deno-lint-ignore no-control-regex -- they are what is looked for
  assert.doesNotMatch(after, /\u001b\[\d+A/);
});
