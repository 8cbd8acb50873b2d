/** Where a credential that a bundle was configured with could show up. */

import { openBundle } from "../../../backends/bundle/bundle.ts";
import { engine, type TestBundle } from "./harness.ts";

/** Everything that anybody could read besides the memory, and git-gate's tmpfs, of the daemon that needs it. */
export const secretPlaces: Readonly<Record<string, (bundle: TestBundle) => Promise<string>>> = {
  "docker inspect of the container": ({ name }) => engine.docker(["inspect", name]),
  "docker inspect of the image": ({ image }) => engine.docker(["inspect", image]),
  "the image's history": ({ image }) => engine.docker(["history", "--no-trunc", image]),
  "docker logs": async ({ name }) => {
    const { stdout, stderr } = await engine.raw(["logs", name]);
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  },
  "docker top": ({ name }) => engine.docker(["top", name, "-eo", "pid,args"]),
  "every environment and argv in the bundle": (bundle) =>
    asEachUser(bundle, "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n'"),
  "the tmpfs folders": (bundle) =>
    asEachUser(
      bundle,
      "find /run /tmp /dev/shm -path /run/git-gate -prune -o -type f -exec cat {} +",
    ),
  "the volumes": (bundle) =>
    asEachUser(bundle, "find /var/lib/bot-bottle -print -type f -exec cat {} +"),
  "Deno's cache": (bundle) => asEachUser(bundle, "cat /var/cache/deno/*"),
  "what the container's file system changed": ({ name }) => engine.docker(["diff", name]),
  "audit, stats and ready": async ({ slug }) => {
    await using control = openBundle(engine, slug);
    const answers = [
      await control.call("audit.tail", {}),
      await control.call("stats", null),
      await control.call("ready", null),
    ];
    return JSON.stringify(answers);
  },
};

async function asEachUser(bundle: TestBundle, script: string): Promise<string> {
  const users = ["0:0", "1001:1001", "1002:1002", "1003:1003"];
  const read = users.map(async (user) => {
    const argv = ["exec", "--user", user, bundle.name, "sh", "-c", `${script} 2>/dev/null; true`];
    const { stdout } = await engine.raw(argv);
    return new TextDecoder("latin1").decode(stdout);
  });
  return (await Promise.all(read)).join("\n");
}
