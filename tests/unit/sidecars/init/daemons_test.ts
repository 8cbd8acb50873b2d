import assert from "node:assert/strict";
import { daemonArgv } from "../../../../sidecars/init/daemons.ts";
import type { DaemonName } from "../../../../lib/control/protocol.ts";

/** Permissions of a daemon, by name. */
function permissions(name: DaemonName, listen?: string): Readonly<Record<string, string>> {
  const flags = daemonArgv(name, "/s.js", listen).filter((arg) => arg.startsWith("--allow-"));
  return Object.fromEntries(flags.map((flag) => [flag.split("=")[0], flag.split("=")[1] ?? "all"]));
}

Deno.test("daemonArgv gives each daemon what it needs, and no other", () => {
  assert.deepEqual(permissions("egress"), { "--allow-net": "all" });
  const ledger = "/var/lib/bot-bottle/ledger";
  assert.deepEqual(permissions("supervise"), { "--allow-read": ledger, "--allow-write": ledger });
  const folders = "/var/lib/bot-bottle/mirrors,/run/git-gate";
  assert.deepEqual(permissions("git-gate", "10.1.2.3:9418"), {
    "--allow-net": "10.1.2.3:9418,unix:/run/git-gate/hooks.sock",
    "--allow-run": "/usr/bin/git,/usr/bin/gitleaks,/usr/bin/prlimit",
    "--allow-read": `${folders},/usr/bin/gitleaks`,
    "--allow-write": folders,
  });
});

Deno.test("daemonArgv lets git-gate listen nowhere where no place is told", () => {
  assert.equal(permissions("git-gate")["--allow-net"], "unix:/run/git-gate/hooks.sock");
});

Deno.test("daemonArgv makes git-gate, and what it starts, the first to go where memory ends", () => {
  assert.deepEqual(daemonArgv("git-gate", "/s.js").slice(0, 5), [
    "/usr/bin/choom",
    ...["--adjust", "500", "--"],
    "/usr/local/bin/deno",
  ]);
  for (const name of ["egress", "supervise"] as const) {
    assert.equal(daemonArgv(name, "/s.js")[0], "/usr/local/bin/deno");
  }
});

Deno.test("daemonArgv lets no daemon ask, or load what is not in the image, and ends with its name", () => {
  for (const name of ["egress", "git-gate", "supervise"] as const) {
    const argv = daemonArgv(name, "/s.js");
    for (const flag of ["--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"]) {
      assert.ok(argv.includes(flag), `${name} ${flag}`);
    }
    assert.deepEqual(argv.slice(-2), ["/s.js", name]);
  }
});
