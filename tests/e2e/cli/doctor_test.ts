import assert from "node:assert/strict";
import { engine, interruptAfter, makeHome } from "./program.ts";

/** What a self-test's bottle leaves in the engine while it is there: its home is not the test's. */
async function bottlesOfDoctor(): Promise<readonly string[]> {
  const filter = ["--filter", "name=bot-bottle-doctor-"];
  const texts = await Promise.all([
    engine.docker(["ps", "--all", "--format", "{{.Names}}", ...filter]),
    engine.docker(["network", "ls", "--format", "{{.Name}}", ...filter]),
    engine.docker(["volume", "ls", "--format", "{{.Name}}", ...filter]),
  ]);
  return texts.flatMap((text) => text.split("\n")).filter((name) => name !== "");
}

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly check: string; readonly level: string }[];
}

Deno.test("doctor tests the isolation of a real bottle, and leaves nothing", async () => {
  await using home = await makeHome();
  const { code, stdout, stderr } = await home.run("doctor", "--json");
  const report: Report = JSON.parse(stdout);
  const problems = report.findings.filter(({ level }) => level === "problem");
  // The machine may have its own: a full disk, one CPU.
  assert.deepEqual([code, report.ok], problems.length === 0 ? [0, true] : [1, false], stderr);
  const levelOf = (check: string): readonly string[] =>
    report.findings.filter((finding) => finding.check === check).map(({ level }) => level);
  assert.equal(levelOf("isolation")[0], "ok", stdout);
  assert.deepEqual(levelOf("seal"), ["ok"], stdout);
  const checks = new Set(report.findings.map(({ check }) => check));
  assert.equal(checks.size, 14, [...checks].join());
  assert.deepEqual(await home.left(), []);
  assert.deepEqual(await bottlesOfDoctor(), []);
});

Deno.test("doctor with a broken manifest, a broken state and no engine says so, and starts nothing", async () => {
  await using home = await makeHome();
  await Deno.writeTextFile(`${home.folder}/bottles/other.md`, "---\nenvv: {}\n---\n");
  await Deno.mkdir(`${home.folder}/state/demo-ab12c`, { recursive: true });
  await Deno.writeTextFile(`${home.folder}/state/demo-ab12c/state.json`, "{");
  const env = { DOCKER_HOST: `unix://${home.folder}/no.sock` };
  const { code, stdout } = await home.start(["doctor"], { env });
  assert.equal(code, 1, stdout);
  assert.match(stdout, /^✗ engine +Cannot reach Docker/m);
  assert.match(stdout, /^! manifests +.*other\.md:2:1: Unknown key "envv"/m);
  assert.match(stdout, /^! states +The state of "demo-ab12c" can't be read/m);
  assert.match(stdout, /^i isolation +Not checked/m);
  await Deno.remove(`${home.folder}/state/demo-ab12c`, { recursive: true });
});

Deno.test("an interrupt of doctor leaves nothing", async () => {
  await using home = await makeHome();
  for (const step of ["Network", "Agent"]) {
    const { code, stdout, stderr } = await home.start(["doctor"], { onLine: interruptAfter(step) });
    // The signal may have come when all was over.
    assert.ok(code === 130 || /isolation/.test(stdout), stderr);
    assert.deepEqual(await home.left(), [], step);
    assert.deepEqual(await bottlesOfDoctor(), [], step);
  }
});

const runtimes = await engine.docker(["info", "--format", "{{json .Runtimes}}"]);

Deno.test({
  name: "a bottle under gVisor starts and passes its self-test, or is undone (needs: runsc)",
  ignore: !Object.hasOwn(JSON.parse(runtimes) ?? {}, "runsc"),
  fn: async () => {
    await using home = await makeHome();
    const { code, stdout, stderr } = await home.start([
      ...["run", "demo", "--prompt", "cat /proc/version; dmesg | head -n 3"],
      ...["--runtime", "runsc"],
    ]);
    if (code === 125) {
      assert.match(stderr, /self-test failed.*\n(.*\n)*hint: .*--network=host/);
      assert.deepEqual((await home.left()).filter((name) => !name.endsWith("-outer")), []);
    } else {
      assert.equal(code, 0, stderr);
      assert.match(stdout, /gVisor/);
    }
  },
});
