import assert from "node:assert/strict";
import { engine, makeHome, programArgv, REFUSED, type TestHome, until } from "./program.ts";

interface Listed {
  readonly slug: string;
  readonly state: string;
  readonly why: string | null;
  readonly keeper: { readonly pid: number } | null;
}

async function listed(home: TestHome, slug: string): Promise<Listed> {
  const { stdout, stderr } = await home.run("list", "--json");
  const bottles: Listed[] = JSON.parse(stdout).bottles;
  const found = bottles.find((bottle) => bottle.slug === slug);
  assert.ok(found, stderr);
  return found;
}

async function keeperOf(home: TestHome, slug: string): Promise<number> {
  const { keeper } = await listed(home, slug);
  assert.ok(keeper, `${slug} has no keeper`);
  return keeper.pid;
}

async function lives(pid: number): Promise<boolean> {
  try {
    // A zombie has ended.
    return !/^State:\s+Z/m.test(await Deno.readTextFile(`/proc/${pid}/status`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function untilGone(pid: number): Promise<void> {
  await until(`the keeper ${pid} has ended`, async () => !await lives(pid), 60_000);
}

async function sessionsOf(home: TestHome, slug: string): Promise<number> {
  return JSON.parse(await Deno.readTextFile(`${home.folder}/state/${slug}/state.json`)).sessions;
}

async function socketOf(home: TestHome, slug: string): Promise<boolean> {
  return await Deno.lstat(`${home.folder}/state/${slug}/keeper.sock`).then(() => true, () => false);
}

Deno.test("a keeper stays with a bottle, holds no secret in sight, and ends with stop and cleanup", async () => {
  await using home = await makeHome();
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    "---\nagent_provider: { template: scripted }\nenv: { SEEN: '${FROM_HOST}' }\n---\n",
  );
  const env = { FROM_HOST: "value-of-the-host", SOME_TOKEN: "marker-of-a-credential" };
  const started = await home.start(["start", "demo", "--yes", "--detach"], { env });
  const slug = started.stdout.trim();
  assert.equal(started.code, 0, started.stderr);
  const pid = await keeperOf(home, slug);
  for (const file of ["cmdline", "environ"]) {
    const text = await Deno.readTextFile(`/proc/${pid}/${file}`);
    assert.doesNotMatch(text, /value-of-the-host|marker-of-a-credential/, file);
  }
  const log = await Deno.stat(`${home.folder}/state/${slug}/keeper.log`);
  assert.equal((log.mode ?? 0) & 0o777, 0o600);
  // No variable in this shell: the keeper has it.
  const seen = await home.run("exec", slug, "--", "sh", "-c", "echo $SEEN");
  assert.deepEqual([seen.code, seen.stdout], [0, "value-of-the-host\n"], seen.stderr);

  assert.equal((await home.run("stop", slug)).code, 0);
  await untilGone(pid);
  assert.equal(await socketOf(home, slug), false);
  assert.deepEqual([(await listed(home, slug)).state, (await listed(home, slug)).keeper], [
    "stopped",
    null,
  ]);

  const resumed = await home.start(["resume", slug, "--detach"], { env });
  assert.equal(resumed.code, 0, resumed.stderr);
  const second = await keeperOf(home, slug);
  assert.equal((await home.run("cleanup", slug, "--yes")).code, 0);
  await untilGone(second);
});

Deno.test("a keeper killed with -9 changes no isolation; list says so, attach starts another, stop needs none", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const pid = await keeperOf(home, slug);
  Deno.kill(pid, "SIGKILL");
  await untilGone(pid);
  assert.equal(await socketOf(home, slug), true, "it leaves a socket that nobody listens on");
  const lost = await listed(home, slug);
  assert.deepEqual([lost.state, lost.keeper], ["running", null]);
  assert.match(lost.why ?? "", /has lost its keeper/);
  assert.match((await home.run("list")).stdout, /has lost its keeper/);
  assert.equal((await home.run("exec", slug, "--", ...REFUSED)).stdout, "403");

  // No terminal: the agent program, a shell, ends with its input.
  assert.equal((await home.start(["attach", slug], { stdin: "exit 0\n" })).code, 0);
  const second = await keeperOf(home, slug);
  assert.notEqual(second, pid);
  Deno.kill(second, "SIGKILL");
  await untilGone(second);
  assert.equal((await home.run("stop", slug)).code, 0);
});

Deno.test("bottle and keeper outlive a session that is killed, and a terminal that is closed", async () => {
  await using home = await makeHome();
  const argv = programArgv("start", "demo", "--yes").map((part) => `'${part}'`).join(" ");
  // The terminal's other end is `script`: killing it closes the terminal, which hangs up whoever works there.
  const terminal = new Deno.Command("script", {
    args: ["--quiet", "--command", `${argv}; :`, "/dev/null"],
    env: { BOT_BOTTLE_HOME: home.folder, TERM: "xterm" },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const slugs = async (): Promise<readonly string[]> => {
    const { bottles } = JSON.parse((await home.run("list", "--json")).stdout);
    return bottles.filter(({ keeper }: Listed) => keeper !== null).map(({ slug }: Listed) => slug);
  };
  await until("the bottle has a keeper", async () => (await slugs()).length === 1, 60_000);
  const [slug = ""] = await slugs();
  await until("the session began", async () => await sessionsOf(home, slug) === 1, 60_000);
  const pid = await keeperOf(home, slug);
  assert.notEqual(await sessionOf(pid), await sessionOf(terminal.pid), "a session of its own");
  // First the program, without a chance to say anything; then what it worked in.
  for (const session of await programsOf(home.folder)) {
    if (session !== pid) Deno.kill(session, "SIGKILL");
  }
  terminal.kill("SIGKILL");
  await terminal.stdin.close().catch(() => {});
  await terminal.status;
  assert.ok(await lives(pid));
  const after = await listed(home, slug);
  assert.deepEqual([after.state, after.keeper?.pid], ["running", pid]);
  assert.equal((await home.run("exec", slug, "--", "true")).code, 0);
  assert.equal((await home.run("stop", slug)).code, 0);
  await untilGone(pid);
});

Deno.test("a bottle whose terminal is closed under it runs on with its keeper", async () => {
  await using home = await makeHome();
  const argv = programArgv("start", "demo", "--yes").map((part) => `'${part}'`).join(" ");
  const terminal = new Deno.Command("script", {
    args: ["--quiet", "--command", argv, "/dev/null"],
    env: { BOT_BOTTLE_HOME: home.folder, TERM: "xterm" },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let pid = 0;
  // There is a keeper before the launch is through, and a launch whose terminal goes away is undone: the session has to have begun.
  await until("the bottle has a keeper and a session", async () => {
    const [bottle] = JSON.parse((await home.run("list", "--json")).stdout).bottles;
    pid = bottle?.keeper?.pid ?? 0;
    return pid !== 0 && await sessionsOf(home, bottle.slug) === 1;
  }, 60_000);
  const others = (await programsOf(home.folder)).filter((program) => program !== pid);
  assert.equal(others.length, 1, "the session");
  terminal.kill("SIGKILL");
  await terminal.stdin.close().catch(() => {});
  await terminal.status;
  for (const program of others) await untilGone(program);
  assert.ok(await lives(pid));
  const [bottle] = JSON.parse((await home.run("list", "--json")).stdout).bottles;
  assert.deepEqual([bottle.state, bottle.keeper?.pid], ["running", pid]);
  assert.equal((await home.run("stop", bottle.slug)).code, 0);
  await untilGone(pid);
});

Deno.test("a keeper ends by itself when its bottle is removed by hand, and leaves no socket", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const pid = await keeperOf(home, slug);
  await engine.docker(["rm", "--force", `bot-bottle-${slug}-agent`, `bot-bottle-${slug}-bundle`]);
  await untilGone(pid);
  assert.equal(await socketOf(home, slug), false);
});

Deno.test("after a restart of the machine there is no keeper, nothing runs, and resume brings both back", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const pid = await keeperOf(home, slug);
  Deno.kill(pid, "SIGKILL");
  await engine.docker(["kill", `bot-bottle-${slug}-agent`, `bot-bottle-${slug}-bundle`]);
  await untilGone(pid);
  const off = await listed(home, slug);
  assert.deepEqual([off.state, off.keeper], ["stopped", null]);
  const resumed = await home.run("resume", slug, "--detach");
  assert.equal(resumed.code, 0, resumed.stderr);
  await keeperOf(home, slug);
});

Deno.test("an agent's container that was started by hand is entered by nobody until resume seals it", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  await engine.docker(["restart", "--time", "1", `bot-bottle-${slug}-agent`]);
  const open = await listed(home, slug);
  assert.equal(open.state, "shut");
  assert.match(open.why ?? "", /started by hand.*not sealed/);
  const refused = await home.run("exec", slug, "--", "true");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /nothing seals its network\nhint: `bot-bottle resume/);
  const resumed = await home.run("resume", slug, "--detach");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((await listed(home, slug)).state, "running");
  assert.equal((await home.run("exec", slug, "--", ...REFUSED)).stdout, "403");
});

Deno.test("many commands at once leave a state that is whole: one stops the bottle, the others say why not", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const pid = await keeperOf(home, slug);
  const ends = await Promise.all([
    home.run("rename", slug, "one"),
    home.run("stop", slug),
    home.run("stop", slug),
    home.run("rename", slug, "two"),
    home.start(["attach", slug], { stdin: "exit 0\n" }),
    home.run("list"),
  ]);
  for (const { code, stderr } of ends) {
    assert.ok([0, 1, 137, 143].includes(code), stderr);
    assert.doesNotMatch(stderr, /bug|corrupted|Skipped/i);
  }
  const { state } = await listed(home, slug);
  assert.ok(["stopped", "running"].includes(state), state);
  const cleanups = await Promise.all(
    Array.from({ length: 3 }, () => home.run("cleanup", slug, "--yes")),
  );
  assert.ok(cleanups.some(({ code }) => code === 0), cleanups.map((end) => end.stderr).join());
  for (const { stderr } of cleanups) assert.doesNotMatch(stderr, /bug|corrupted/i);
  await untilGone(pid);
  assert.deepEqual((await home.left()).filter((name) => name.includes(slug)), []);
});

/** The session of a process: the sixth field, after a name that may hold anything. */
async function sessionOf(pid: number): Promise<string | undefined> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3];
}

/** Processes of the program in a home, keepers too. */
async function programsOf(home: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { name } of await Array.fromAsync(Deno.readDir("/proc"))) {
    if (!/^\d+$/.test(name) || Number(name) === Deno.pid) continue;
    const [environ, cmdline] = await Promise.all(
      ["environ", "cmdline"].map((file) =>
        Deno.readTextFile(`/proc/${name}/${file}`).catch(() => "")
      ),
    );
    const isOurs = environ?.split("\0").includes(`BOT_BOTTLE_HOME=${home}`) ?? false;
    if (
      isOurs && /cli\/main\.ts/.test(cmdline ?? "") &&
      !/^([^\0]*\/)?(script|sh|dash|bash)\0/.test(cmdline ?? "")
    ) {
      found.push(Number(name));
    }
  }
  return found;
}
