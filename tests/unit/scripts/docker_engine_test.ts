import assert from "node:assert/strict";
import { type Fakes, runShell } from "./shell.ts";

/** A docker that doesn't answer until a dockerd was started. */
const DEAD_DOCKER = `
  if [ -e "$STATE/engine" ]; then echo 20.10.24; exit 0; fi
  echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." >&2
  exit 1`;
const MACHINE: Fakes = {
  uname: "echo Linux",
  id: "echo 0",
  "apt-get": 'echo "apt-get $*" >> "$STATE/log"',
  setsid: 'exec "$@"',
  nohup: 'exec "$@"',
  docker: DEAD_DOCKER,
  dockerd: 'echo dockerd >> "$STATE/log"; touch "$STATE/engine"; exec sleep 2',
};
const SCRIPT = `
  . scripts/lib/docker_engine.sh
  SYSTEMD=$STATE/systemd DOCKERD_PID=$STATE/docker.pid DOCKERD_LOG=$STATE/dockerd.log ENGINE_WAIT_SECONDS=5
  ensure_docker`;

Deno.test("ensure_docker leaves an engine that answers alone", async () => {
  const { code, stderr, log } = await runShell(SCRIPT, { ...MACHINE, docker: "echo 28.2.2" });
  assert.deepEqual({ code, stderr, log }, { code: 0, stderr: "", log: "" });
});

const REFUSALS: readonly (readonly [
  what: string,
  fakes: Fakes,
  env: Record<string, string>,
  says: RegExp,
])[] = [
  [
    "may not be used",
    { docker: 'echo "permission denied while trying to connect" >&2; exit 1' },
    {},
    /You may not use the Docker Engine.*\n.*usermod -aG docker/,
  ],
  ["is elsewhere", {}, { DOCKER_HOST: "tcp://127.0.0.1:9" }, /"tcp:\/\/127.0.0.1:9" does not/],
  ["is another context's", {}, { DOCKER_CONTEXT: "far" }, /"context far" does not answer/],
  ["is missing on macOS", { uname: "echo Darwin" }, {}, /Docker Desktop, OrbStack or Colima/],
  ["is missing and the user is not root", { id: "echo 1000" }, {}, /or run this as root/],
];

for (const [what, fakes, env, says] of REFUSALS) {
  Deno.test(`ensure_docker says what to do when the engine ${what}`, async () => {
    const { code, stderr, log } = await runShell(SCRIPT, { ...MACHINE, ...fakes }, env);
    assert.equal(code, 1);
    assert.match(stderr, says);
    assert.equal(log, "", "nothing is installed or started");
  });
}

/** A machine without an engine, whose packages bring these programs. */
function withPackages(packages: Readonly<Record<string, string>>): Fakes {
  const cases = Object.entries(packages).map(([name, programs]) =>
    `*" ${name} "*) for program in ${programs}; do mv "$STATE/kept/$program" "$BIN"; done ;;`
  );
  return {
    ...MACHINE,
    "apt-get": `echo "$*" >> "$STATE/log"; case "$* " in ${cases.join("\n")} esac`,
  };
}
const TAKE_AWAY = `mkdir "$STATE/kept"; mv "$BIN/docker" "$BIN/dockerd" "$STATE/kept"; ${SCRIPT}`;

Deno.test("ensure_docker installs and starts an engine as root on Debian", async () => {
  const fakes = withPackages({ "docker.io": "docker dockerd" });
  const { code, stderr, log } = await runShell(TAKE_AWAY, fakes);
  assert.equal(code, 0, stderr);
  assert.match(log, /^.*install -y .*docker\.io iptables containerd runc.*\ndockerd\n$/);
});

Deno.test("ensure_docker installs the client where it is a package of its own", async () => {
  const fakes = withPackages({ "docker.io": "dockerd", "docker-cli": "docker" });
  const { code, stderr, log } = await runShell(TAKE_AWAY, fakes);
  assert.equal(code, 0, stderr);
  assert.match(log, /install -y .*docker\.io.*\n.*install -y .*docker-cli\ndockerd\n$/);
});

Deno.test("ensure_docker says so when no package brings an engine", async () => {
  const { code, stderr, log } = await runShell(TAKE_AWAY, withPackages({ none: "" }));
  assert.equal(code, 1);
  assert.match(stderr, /error: Cannot install the Docker Engine\n {2}Install it by hand/);
  assert.doesNotMatch(log, /dockerd\n/);
});

Deno.test("ensure_docker starts an engine that is installed", async () => {
  const { code, log, stderr } = await runShell(SCRIPT, MACHINE);
  assert.equal(code, 0, stderr);
  assert.equal(log, "dockerd\n");
});

Deno.test("ensure_docker gives up on an engine that ends, with its log", async () => {
  const dockerd = "echo 'failed to start daemon: no space left'";
  const { code, stderr } = await runShell(SCRIPT, { ...MACHINE, dockerd });
  assert.equal(code, 1);
  assert.match(stderr, /no space left\nerror: The Docker Engine ended right after its start/);
});

Deno.test("ensure_docker gives up on an engine that never answers", async () => {
  const impatient = SCRIPT.replace("ENGINE_WAIT_SECONDS=5", "ENGINE_WAIT_SECONDS=2");
  const { code, stderr } = await runShell(impatient, { ...MACHINE, dockerd: "exec sleep 4" });
  assert.equal(code, 1);
  assert.match(stderr, /error: The Docker Engine does not answer after 2 s\n {2}Cannot connect/);
});

Deno.test("ensure_docker waits for an engine that another has just started", async () => {
  const dockerd = `
    (sleep 1; touch "$STATE/engine"; exec sleep 1) > /dev/null 2>&1 &
    echo $! > "$STATE/docker.pid"
    echo "pid file found, process is still running"; exit 1`;
  const { code, stderr } = await runShell(SCRIPT, { ...MACHINE, dockerd });
  assert.equal(code, 0, stderr);
});
