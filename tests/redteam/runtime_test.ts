/** What the engine itself says that the containers may do, and what is left when they stop. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { openStage, type Stage } from "./stage.ts";

/** The part of `docker container inspect` that matters here. */
interface Inspected {
  readonly Mounts: readonly { readonly Type: string; readonly Destination: string }[];
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Config: { readonly User: string; readonly Env: readonly string[] };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

async function inspect(stage: Stage, container: string): Promise<Inspected> {
  const answer: readonly Inspected[] = JSON.parse(
    await stage.docker("container", "inspect", container),
  );
  const [only] = answer;
  ok(only !== undefined);
  return only;
}

/** Lists of the engine are null where they are empty. */
function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What neither container may have. */
function holdsCommonLimits({ HostConfig: host, Mounts }: Inspected): void {
  equal(host.Privileged, false);
  deepEqual(listOf(host.CapDrop), ["ALL"]);
  ok(listOf(host.SecurityOpt).some((option) => /^no-new-privileges(:true)?$/.test(option)));
  ok(listOf(host.SecurityOpt).every((option) => !option.includes("unconfined")));
  for (const [mode, none] of [["PidMode", ""], ["UTSMode", ""], ["UsernsMode", ""]] as const) {
    equal(host[mode], none, mode);
  }
  match(String(host.IpcMode), /^private$|^shareable$/);
  ok(host.NetworkMode !== "host");
  deepEqual(listOf(host.Binds), []);
  deepEqual(listOf(host.Devices), []);
  ok(Number(host.PidsLimit) > 0 && Number(host.Memory) > 0);
  equal(host.MemorySwap, host.Memory);
  ok(Mounts.every(({ Type, Destination }) => Type !== "bind" && !Destination.includes("docker")));
}

Deno.test("capabilities, seccomp, no-new-privileges, user, mounts, namespaces as docker inspect shows them", async (t) => {
  await using stage = await openStage();
  const { target } = stage;

  await t.step("the agent: no capability, no mount, one network, limits", async () => {
    const agent = await inspect(stage, target.agent);
    holdsCommonLimits(agent);
    deepEqual(listOf(agent.HostConfig.CapAdd), []);
    deepEqual(agent.Mounts, []);
    deepEqual(Object.keys(agent.NetworkSettings.Networks), [target.inner]);
    equal(agent.Config.User, "node");
    ok(Number(agent.HostConfig.NanoCpus) > 0);
  });

  await t.step("the bundle: three capabilities, its volume, nothing to write on", async () => {
    const bundle = await inspect(stage, target.bundle);
    holdsCommonLimits(bundle);
    const added = listOf(bundle.HostConfig.CapAdd).map((name) => name.replace(/^CAP_/, ""));
    deepEqual(added.toSorted(), ["KILL", "SETGID", "SETUID"]);
    deepEqual(bundle.Mounts.map(({ Type }) => Type), ["volume"]);
    equal(bundle.HostConfig.ReadonlyRootfs, true);
  });

  await t.step("seccomp and no-new-privileges are in force in both", async () => {
    for (const container of [target.agent, target.bundle]) {
      const status = await stage.docker(
        "exec",
        "--user",
        "0:0",
        container,
        "cat",
        "/proc/1/status",
      );
      match(status, /^Seccomp:\s+2$/m, container);
      match(status, /^NoNewPrivs:\s+1$/m, container);
    }
    const { stdout } = await target.asRoot(["cat", "/proc/self/status"]);
    for (const set of ["CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      match(stdout, new RegExp(`^${set}:\\s+0+$`, "m"));
    }
  });

  await t.step("docker.sock: no socket and no block device of the host's is in sight", async () => {
    const script =
      "find / -xdev \\( -type b -o -name docker.sock -o -name containerd.sock \\) 2> /dev/null; true";
    equal((await target.asRoot(["bash", "-c", script])).stdout, "");
  });

  await t.step("detached processes after stop: none is left on the host", async () => {
    const word = `redteam-${crypto.randomUUID()}`;
    const script = `for i in 1 2 3; do
      setsid nohup bash -c 'trap "" TERM HUP INT; exec -a "$0" sleep 600' "${word}" > /dev/null 2>&1 &
    done; sleep 0.5`;
    await target.asRoot(["bash", "-c", script]);
    ok(await countProcesses(word) >= 3, "the attack itself failed");
    await target.bottle.stop();
    equal(await countProcesses(word), 0);
  });
});

/** Processes of the host whose command line has the word. */
async function countProcesses(word: string): Promise<number> {
  let count = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.startsWith(word)) count++;
  }
  return count;
}
