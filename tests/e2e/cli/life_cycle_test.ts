import assert from "node:assert/strict";
import { engine, makeHome, programArgv, REFUSED, runProcess, until } from "./program.ts";

Deno.test("a detached bottle is listed, entered, stopped, resumed and cleaned up", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle("--label", "nightly");

  const [bottle] = JSON.parse((await home.run("list", "--json")).stdout).bottles;
  assert.deepEqual([bottle.slug, bottle.state, bottle.label], [slug, "running", "nightly"]);

  const inside = await home.start(["exec", slug, "--", "sh", "-c", "cat; echo err >&2; exit 42"], {
    stdin: "through stdin",
  });
  assert.deepEqual(inside, { code: 42, stdout: "through stdin", stderr: "err\n" });
  const refused = await home.run("exec", slug, "--", "curl", "-sS", "https://example.com/");
  assert.equal(refused.code, 56);
  assert.match(refused.stderr, /response 403/);
  await home.run("exec", slug, "--", "touch", "kept");

  assert.match(
    (await home.run("audit", slug, "--blocked")).stdout,
    /example\.com +host-not-allowed/,
  );
  assert.equal((await home.run("audit", slug, "--verify")).code, 0);

  assert.equal((await home.run("stop", slug)).code, 0);
  assert.match((await home.run("list")).stdout, /stopped/);
  const stopped = await home.run("exec", slug, "--", "true");
  assert.deepEqual([stopped.code, stopped.stdout], [1, ""]);
  assert.match(stopped.stderr, /hint: `bot-bottle resume/);
  assert.match((await home.run("audit", slug)).stdout, /example\.com/, "from the volume");

  const resumed = await home.run("resume", slug, "--detach");
  assert.deepEqual([resumed.code, resumed.stdout], [0, `${slug}\n`]);
  assert.equal((await home.run("exec", slug, "--", "test", "-f", "kept")).code, 0);

  assert.equal((await home.run("cleanup", slug, "--yes")).code, 0);
  assert.deepEqual((await home.left()).filter((name) => name.includes(slug)), []);
  assert.match((await home.run("audit", slug)).stdout, /example\.com/, "from the archive");
  assert.equal((await home.run("audit", slug, "--verify")).code, 0);
});

Deno.test("run passes the exit code on, removes what ended well and keeps the rest", async () => {
  await using home = await makeHome();
  const well = await home.start(["run", "demo", "--prompt", "-", "--json"], {
    stdin: "echo hello; curl -s https://no.example/",
  });
  assert.equal(well.code, 56);
  const [said, summary = ""] = well.stdout.trimEnd().split("\n");
  assert.equal(said, "hello");
  const { slug, exit_code, by, requests, blocked } = JSON.parse(summary);
  assert.deepEqual([exit_code, by, requests, blocked], [56, "agent", 1, 1]);
  assert.match(well.stderr, new RegExp(`The bottle "${slug}" is kept`));

  const gone = await home.run("run", "demo", "--prompt", "true");
  assert.equal(gone.code, 0);
  assert.deepEqual((await home.left()).filter((name) => name.endsWith("-agent")), [
    `bot-bottle-${slug}-agent`,
  ]);

  const late = await home.run("run", "demo", "--prompt", "sleep 100", "--timeout", "1s", "--json");
  assert.equal(late.code, 124);
  assert.equal(JSON.parse(late.stdout).by, "bot-bottle");
});

Deno.test("a person at a terminal says yes, works in the bottle, and is told what was kept", async () => {
  await using home = await makeHome();
  const argv = programArgv("start", "demo").map((part) => `'${part}'`).join(" ");
  const { code, stdout } = await runProcess(
    ["script", "--quiet", "--return", "--echo", "never", "--command", argv, "/dev/null"],
    {
      env: { BOT_BOTTLE_HOME: home.folder, TERM: "xterm" },
      stdin: "y\ntty; echo from-$BOT_BOTTLE_SLUG; exit 7\n",
    },
  );
  assert.equal(code, 7, stdout);
  assert.match(stdout, /Start it\? \[y\/N\]/);
  assert.match(stdout, /\/dev\/pts\/\d+\s+from-demo-[a-z0-9]{5}/);
  assert.match(stdout, /is kept\. Continue with `bot-bottle resume demo-/);
});

Deno.test("two bottles run side by side, each with an audit of its own", async () => {
  await using home = await makeHome();
  const [one, two] = await Promise.all([home.startBottle(), home.startBottle()]);
  assert.notEqual(one, two);
  await Promise.all([
    home.run("exec", one, "--", "curl", "-s", "https://one.example/"),
    home.run("exec", two, "--", "curl", "-s", "https://two.example/"),
  ]);
  const audits = await Promise.all([home.run("audit", one), home.run("audit", two)]);
  assert.match(audits[0].stdout, /one\.example/);
  assert.doesNotMatch(audits[0].stdout, /two\.example/);
  assert.match(audits[1].stdout, /two\.example/);
  assert.doesNotMatch(audits[1].stdout, /one\.example/);
});

/** Kills one process of a bundle from the outside, by what its command line ends with. */
async function killIn(slug: string, daemon: string): Promise<void> {
  const text = await engine.docker(["top", `bot-bottle-${slug}-bundle`, "-o", "pid,args"]);
  const pids = text.split("\n").filter((line) =>
    line.endsWith(` ${daemon}`) && !line.includes("--init")
  )
    .map((line) => Number(line.trim().split(" ")[0]));
  const pid = Math.max(...pids);
  assert.ok(pid > 1, text);
  Deno.kill(pid, "SIGKILL");
}

Deno.test("egress killed with -9 is back by itself, and nothing got out meanwhile", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  await killIn(slug, "egress");
  await until("egress refuses again", async () => {
    const { stdout } = await home.run("exec", slug, "--", ...REFUSED);
    assert.ok(stdout === "403" || stdout === "000" || stdout === "", stdout);
    return stdout === "403";
  });
  assert.match((await home.run("list")).stdout, /running/);
});

Deno.test("init killed with -9 leaves the bottle shut; list says why, resume configures it anew", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  await killIn(slug, "init");
  await until("the bundle has ended", async () => {
    const [bottle] = JSON.parse((await home.run("list", "--json")).stdout).bottles;
    return bottle.state !== "running" && (bottle.why ?? "") !== "";
  });
  assert.equal((await home.run("exec", slug, "--", "true")).code, 1);
  const resumed = await home.run("resume", slug, "--detach");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((await home.run("exec", slug, "--", ...REFUSED)).stdout, "403");
});
