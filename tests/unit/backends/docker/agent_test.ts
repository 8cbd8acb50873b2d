import { deepEqual, ok } from "node:assert/strict";
import { agentRunArgs, type AgentSpec } from "../../../../backends/docker/agent.ts";
import { homeId, parseSlug } from "../../../../lib/names.ts";

const spec: AgentSpec = {
  home: homeId("/home"),
  slug: parseSlug("demo-ab12c"),
  launch: "f00",
  name: "bot-bottle-demo-ab12c-agent",
  image: `sha256:${"ab".repeat(32)}`,
  imageVariables: ["PATH", "NODE_VERSION"],
  guestHome: "/home/node",
  network: "bot-bottle-demo-ab12c-inner",
  subnet: { cidr: "10.7.0.0/29", gateway: "10.7.0.1", bundle: "10.7.0.2", agent: "10.7.0.3" },
  resources: { cpus: 1.5, memoryBytes: 1 << 30, pids: 100 },
  runtime: null,
};

Deno.test("agentRunArgs is this, word for word", () => {
  deepEqual(agentRunArgs(spec), [
    ...["run", "--detach", "--pull=never", "--name", "bot-bottle-demo-ab12c-agent"],
    ...["--hostname", "bottle-ab12c"],
    ...["--label", `bot-bottle.home=${homeId("/home")}`, "--label", "bot-bottle.slug=demo-ab12c"],
    ...["--label", "bot-bottle.role=agent", "--label", "bot-bottle.version=0.1.0"],
    ...["--label", "bot-bottle.launch=f00"],
    ...["--network", "bot-bottle-demo-ab12c-inner", "--ip", "10.7.0.3"],
    ...["--dns", "10.7.0.2", "--dns-search=."],
    ...["--add-host", "egress:10.7.0.2", "--add-host", "git-gate:10.7.0.2"],
    ...["--add-host", "supervise:10.7.0.2"],
    ...["--sysctl", "net.ipv6.conf.all.disable_ipv6=1"],
    ...["--sysctl", "net.ipv6.conf.default.disable_ipv6=1"],
    ...["--cap-drop=ALL", "--security-opt=no-new-privileges", "--user=node", "--init"],
    ...["--no-healthcheck", "--stop-signal=SIGTERM", "--workdir", "/home/node"],
    ...["--pids-limit", "100", "--memory", "1073741824", "--memory-swap", "1073741824"],
    ...["--cpus", "1.5", "--ulimit=core=0", "--log-driver=none", "--restart=no"],
    ...["--entrypoint=/bin/sleep", spec.image, "infinity"],
  ]);
});

Deno.test("agentRunArgs blanks what an image's variables would do before the seal, or to the proxy", () => {
  const imageVariables = ["LD_PRELOAD", "PATH", "BASH_ENV", "HTTPS_PROXY", "npm_config_proxy"];
  const args = agentRunArgs({ ...spec, imageVariables });
  deepEqual(args.filter((_, index) => args[index - 1] === "--env"), [
    ...["LD_PRELOAD=", "BASH_ENV=", "HTTPS_PROXY=", "npm_config_proxy="],
  ]);
});

Deno.test("agentRunArgs names a runtime only where one was chosen", () => {
  const words = agentRunArgs(spec);
  deepEqual(agentRunArgs({ ...spec, runtime: "runsc" }), [
    ...words.slice(0, 3),
    ...["--runtime", "runsc"],
    ...words.slice(3),
  ]);
});

Deno.test("agentRunArgs has no mount, no device, no variable and no privilege, whatever the bottle", () => {
  for (const word of agentRunArgs(spec)) {
    ok(
      !/^(-v|--volume|--mount|--device|--env|-e|--env-file|--privileged|--cap-add|--publish|-p|--pid|--ipc)\b/
        .test(word),
      word,
    );
  }
});
