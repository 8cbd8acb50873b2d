/** Inside the two containers: what uid 0 may not do there, and where a broken daemon may not go. */

import { setTimeout as delay } from "node:timers/promises";
import { CONTROL_SOCKET } from "../../../lib/control/protocol.ts";
import knock from "../guest/knock.ts" with { type: "text" };
import { udpSink } from "../sinks.ts";
import type { Stage } from "../stage.ts";
import { type Attack, bridgeOf, runGuest, unseal } from "./attack.ts";
import { byDeeds, linesOf } from "./deeds.ts";

/** Each prints its name if the kernel let it happen. Nothing here outlives the container. */
const DEEDS: Readonly<Record<string, string>> = {
  "a route": "ip route add 198.51.100.0/24 via $BUNDLE",
  "a neighbour": "ip neighbour replace $GATEWAY lladdr 02:00:00:00:00:01 dev eth0",
  "an address": "ip address add 198.51.100.1/32 dev eth0",
  "a raw socket": "perl -MSocket -e 'socket(S, AF_INET, SOCK_RAW, 1) or exit 1'",
  "a packet socket": "perl -MSocket -e 'socket(S, 17, SOCK_RAW, 3) or exit 1'",
  "a mount": "mount -t tmpfs none /mnt",
  "a namespace of its own": "unshare --user --map-root-user --net true",
  "another's memory": "cat /proc/1/environ",
  "a device": "mknod /tmp/disk b 8 0",
  "another owner": "touch /tmp/mine && chown 1000 /tmp/mine",
  "the kernel's settings": "sysctl -w net.ipv4.ip_default_ttl=64",
};

const REQUEST = `{"jsonrpc":"2.0","id":1,"method":"ready","params":null}`;

/** Attacks on what the containers are made of. */
export const insideAttacks: readonly Attack[] = [
  byDeeds({
    threat: "raw sockets and route changes as root inside; capabilities, seccomp, mounts",
    name: "what only a capability allows, as uid 0",
    control: "no capabilities",
    deeds: async ({ target }) => {
      const { subnet } = target;
      const script = Object.entries(DEEDS).map(([name, deed]) =>
        `if (${deed}) > /dev/null 2>&1; then echo "${name}"; fi`
      ).join("\n");
      const env = [`BUNDLE=${subnet.bundle}`, `GATEWAY=${subnet.gateway}`];
      return linesOf((await target.asRoot(["env", ...env, "bash", "-c", script])).stdout);
    },
    switchOff: ({ target }) => {
      const capabilities = ["NET_ADMIN", "NET_RAW", "SYS_PTRACE", "SYS_ADMIN"];
      target.empower(
        ...capabilities.map((name) => `--cap-add=${name}`),
        "--security-opt=seccomp=unconfined",
      );
      return Promise.resolve();
    },
  }),
  byDeeds({
    threat: "the bundle's control socket",
    name: "the control socket, as each daemon's user",
    control: "a folder of root's, mode 0700",
    deeds: async (stage) => {
      const answered: string[] = [];
      for (const user of ["1001:1001", "1002:1002", "1003:1003"]) {
        const script = 'echo "$1" | timeout 5 nc -N -U "$2"; true';
        const answer = await stage.docker(
          ...["exec", "--user", user, stage.target.bundle, "sh", "-c", script, "sh"],
          ...[REQUEST, CONTROL_SOCKET],
        );
        if (answer.includes("jsonrpc")) answered.push(user);
      }
      return answered;
    },
    switchOff: async (stage) => {
      const folder = CONTROL_SOCKET.slice(0, CONTROL_SOCKET.lastIndexOf("/"));
      const script = `chmod 0777 ${folder} ${CONTROL_SOCKET}`;
      await stage.docker("exec", "--user", "0:0", stage.target.bundle, "sh", "-c", script);
    },
  }),
  byDeeds({
    threat: "fork bomb",
    name: "more processes than the limit",
    control: "the limit of processes",
    deeds: async (stage) => {
      const limit = stage.target.bottle.plan.manifest.bottle.resources.pids;
      const script = `for (1 .. ${limit + 60}) {
        my $child = fork;
        last unless defined $child;
        if (!$child) { sleep 4; exit }
      }
      1 while wait > 0;`;
      const [, most] = await Promise.all([
        stage.target.asRoot(["perl", "-"], script),
        mostProcesses(stage),
      ]);
      return most > limit ? [`${most} processes`] : [];
    },
    switchOff: async (stage) => {
      await stage.docker("update", "--pids-limit", "1000", stage.target.agent);
    },
  }),
  byDeeds({
    threat: "memory",
    name: "more memory than the limit",
    control: "the limit of memory",
    deeds: async ({ target }) => {
      const { memoryBytes } = target.bottle.plan.manifest.bottle.resources;
      const script = `my $all = "x" x ${memoryBytes}; print "had it all\\n";`;
      return linesOf((await target.asRoot(["perl", "-"], script)).stdout);
    },
    switchOff: async (stage) => {
      const limit = ["--memory", "1g", "--memory-swap", "1g"];
      await stage.docker("update", ...limit, stage.target.agent);
    },
  }),
  {
    threat: "a dual-homed container is a router",
    name: "the bundle as a router, by a default route that somebody else has set",
    control: "ip_forward=0 in the bundle",
    open: () => udpSink(),
    run: async (stage, sink) => {
      const gateway = await stage.docker(
        ...["network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", stage.outer],
      );
      await using _way = await openWayToBundle(stage);
      await runGuest(stage.target, knock, [sink.marker, `udp:${gateway}:${sink.port}`]);
    },
    switchOff: async (stage) => {
      const namespace = `container:${stage.target.bundle}`;
      await stage.privileged(namespace, "sysctl", "-w", "net.ipv4.ip_forward=1");
    },
  },
];

/**
 * All that stands before the bundle, gone: the seal, the engine's rules for what crosses a bridge, the agent's missing
 * right to set a route; and the host knows the way back. Only the bundle itself is left.
 */
async function openWayToBundle(stage: Stage): Promise<AsyncDisposable> {
  const { target } = stage;
  await using undo = new AsyncDisposableStack();
  await unseal(stage);
  const bridge = await bridgeOf(stage, target.inner);
  const rule = ["FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT"];
  await stage.iptables("host", "-I", ...rule);
  undo.defer(() => stage.iptables("host", "-D", ...rule));
  const route = ["ip", "route", "replace"] as const;
  await stage.privileged("host", ...route, target.subnet.cidr, "via", target.bundleOutside);
  undo.defer(async () => {
    await stage.privileged("host", "ip", "route", "del", target.subnet.cidr);
  });
  const namespace = `container:${target.agent}`;
  await stage.privileged(namespace, ...route, "default", "via", target.subnet.bundle);
  return undo.move();
}

/** The most processes that the engine saw in the agent's container in three seconds. */
async function mostProcesses(stage: Stage): Promise<number> {
  let most = 0;
  for (let i = 0; i < 6; i++) {
    await delay(500);
    most = Math.max(most, linesOf(await stage.docker("top", stage.target.agent)).length - 1);
  }
  return most;
}
