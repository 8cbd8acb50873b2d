import { deepEqual, equal, ok } from "node:assert/strict";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { Label, resourceName } from "../../../lib/names.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { createSubject } from "../conformance/subject.ts";

const engine = createEngine({ run: createRun() });

/** What `docker inspect` says of one path. */
async function inspect(name: string, ...paths: readonly string[]): Promise<unknown[]> {
  const format = `[${paths.map((path) => `{{json ${path}}}`).join(",")}]`;
  return JSON.parse(await engine.docker(["inspect", "--format", format, name]));
}

Deno.test("docker inspect shows the isolation of agent and bundle", async (t) => {
  await using subject = await createSubject((context) =>
    createDockerBackend(context, { providers: findProvider })
  );
  const marker = "marker-2c9d41f7a0be5836";
  const resources = { cpus: 0.5, memory: "256m", pids: 99 };
  const plan = await subject.prepare({ bottle: { resources, env: { MARKER: marker } } });
  await using bottle = await subject.launch(plan);
  const agent = bottle.plan.containerName;
  const bundle = resourceName(plan.slug, "bundle");

  await t.step(
    "neither is privileged, shares a namespace, or has a device or the engine's socket",
    async () => {
      for (const name of [agent, bundle]) {
        const [privileged, pid, ipc, uts, userns, devices, binds, secopt, capDrop] = await inspect(
          name,
          ".HostConfig.Privileged",
          ".HostConfig.PidMode",
          ".HostConfig.IpcMode",
          ".HostConfig.UTSMode",
          ".HostConfig.UsernsMode",
          ".HostConfig.Devices",
          ".HostConfig.Binds",
          ".HostConfig.SecurityOpt",
          ".HostConfig.CapDrop",
        );
        deepEqual(
          [privileged, pid, ipc, uts, userns, binds],
          [false, "", "private", "", "", null],
          name,
        );
        deepEqual(devices ?? [], [], name);
        deepEqual(capDrop, ["ALL"], name);
        ok(Array.isArray(secopt) && secopt.every((option) => option === "no-new-privileges"), name);
        const all = await engine.docker(["inspect", name]);
        ok(!all.includes("docker.sock"), name);
      }
    },
  );

  await t.step("the agent has no capability and no mount, and its limits", async () => {
    const found = await inspect(
      agent,
      ".HostConfig.CapAdd",
      ".Mounts",
      ".HostConfig.Memory",
      ".HostConfig.MemorySwap",
      ".HostConfig.NanoCpus",
      ".HostConfig.PidsLimit",
      ".HostConfig.Init",
      ".HostConfig.RestartPolicy.Name",
      ".Config.User",
      ".HostConfig.PortBindings",
    );
    const bytes = 256 * 1024 ** 2;
    deepEqual(found, [null, [], bytes, bytes, 5e8, 99, true, "no", "node", {}]);
  });

  await t.step(
    "the bundle may change users and end processes, no more, on a read-only root",
    async () => {
      const [capAdd, isReadOnly, mounts, ports] = await inspect(
        bundle,
        ".HostConfig.CapAdd",
        ".HostConfig.ReadonlyRootfs",
        ".Mounts",
        ".HostConfig.PortBindings",
      );
      const caps = Array.isArray(capAdd)
        ? capAdd.map((cap) => String(cap).replace(/^CAP_/, ""))
        : [];
      deepEqual(caps.sort(), ["KILL", "SETGID", "SETUID"]);
      deepEqual([isReadOnly, ports], [true, {}]);
      ok(Array.isArray(mounts) && mounts.every(({ Type }) => Type === "volume"));
    },
  );

  await t.step(
    "the agent is on its inner network alone, which is internal and has a bridge without address",
    async () => {
      const inner = resourceName(plan.slug, "inner");
      const [networks] = await inspect(agent, ".NetworkSettings.Networks");
      deepEqual(Object.keys(networks ?? {}), [inner]);
      const [isInternal, ipv6, options] = await inspect(
        inner,
        ".Internal",
        ".EnableIPv6",
        ".Options",
      );
      deepEqual([isInternal, ipv6], [true, false]);
      deepEqual(options, { "com.docker.network.bridge.inhibit_ipv4": "true" });
      const [joined] = await inspect(bundle, ".NetworkSettings.Networks");
      equal(Object.keys(joined ?? {}).length, 2);
    },
  );

  await t.step("everything carries the labels", async () => {
    for (
      const name of [
        agent,
        bundle,
        resourceName(plan.slug, "inner"),
        resourceName(plan.slug, "ledger"),
      ]
    ) {
      const format = name === agent || name === bundle
        ? "{{json .Config.Labels}}"
        : "{{json .Labels}}";
      const labels = JSON.parse(await engine.docker(["inspect", "--format", format, name]));
      deepEqual([labels[Label.home], labels[Label.slug]], [subject.home, plan.slug], name);
    }
  });

  await t.step(
    "a variable's value is in the agent's process, and in no configuration",
    async () => {
      const { stdout } = await bottle.exec(["printenv", "MARKER"]);
      equal(stdout, `${marker}\n`);
      for (const name of [agent, bundle, bottle.plan.image]) {
        ok(!(await engine.docker(["inspect", name])).includes(marker), name);
      }
    },
  );

  await t.step("a fork bomb ends at the limit", async () => {
    const script =
      "for i in {1..300}; do sleep 5 & done 2>&1 | grep -c 'Resource temporarily unavailable'";
    const { stdout } = await bottle.exec(["bash", "-c", script], { timeoutMs: 30_000 });
    ok(Number(stdout) > 0, stdout);
  });
});
