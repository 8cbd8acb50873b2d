/** Markers put into each place on purpose: what the search must find, or its silence means nothing. */

import { resourceName, type Slug } from "../../../lib/names.ts";
import type { Run } from "../../../lib/process/run.ts";
import { docker, ensureDenoImage } from "../deno_container.ts";
import type { PlaceName } from "./places.ts";
import { traceFlags } from "./watcher.ts";

/** Where to plant. */
export interface PlantTarget {
  readonly run: Run;
  readonly slug: Slug;
  readonly homeId: string;
  /** `BOT_BOTTLE_HOME`. */
  readonly home: string;
}

/** What is added to the prefix for each place. */
export const plantTails: Readonly<Record<PlaceName, string>> = {
  "environment": "environment",
  "memory": "memory",
  "file system": "file-system",
  "inspect container": "inspect-container",
  "inspect network": "inspect-network",
  "inspect volume": "inspect-volume",
  "inspect image": "inspect-image",
  "image history": "image-history",
  "argv": "argv",
  "volume": "volume",
  "container log": "container-log",
  "daemon log": "daemon-log",
  "audit": "audit",
  "state": "state",
};

/** Plants one marker a place. Disposal takes back what doesn't go with the bottle. @param prefix of every marker */
export async function plantMarkers(target: PlantTarget, prefix: string): Promise<AsyncDisposable> {
  await using undo = new AsyncDisposableStack();
  await plantInAgent(target, (place) => prefix + plantTails[place], undo);
  await plantInEngine(target, (place) => prefix + plantTails[place], undo);
  await plantInBundle(target, (place) => prefix + plantTails[place]);
  await Deno.writeTextFile(`${target.home}/planted`, prefix + plantTails["state"]);
  undo.defer(() => Deno.remove(`${target.home}/planted`));
  await target.run(["sh", "-c", "sleep 1", "sh", prefix + plantTails["argv"]]);
  const owned = undo.move();
  return { [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

type MarkerOf = (place: PlaceName) => string;

async function plantInAgent(
  { run, slug }: PlantTarget,
  marker: MarkerOf,
  undo: AsyncDisposableStack,
): Promise<void> {
  const agent = resourceName(slug, "agent");
  const sleep = ["docker", "exec", "--detach", "--env", "PLANTED", agent, "sleep", "300"];
  const { code } = await run(sleep, { env: { PLANTED: marker("environment") } });
  if (code !== 0) throw new Error("nothing was planted in the agent's environment");

  const reader = "read -r line; sleep 300; echo ended";
  const inMemory = undo.use(
    run.duplex(["docker", "exec", "--interactive", agent, "sh", "-c", reader]),
  );
  const writer = inMemory.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${marker("memory")}\n`));
  writer.releaseLock();

  const intoFile = ["sh", "-c", "cat > /home/node/planted"];
  await docker(run, ["exec", "--interactive", agent, ...intoFile], marker("file system"));

  const ask = 'curl --silent --proxy http://egress:9099 "http://planted.example/$(cat)"';
  await docker(run, ["exec", "--interactive", agent, "sh", "-c", ask], marker("audit"));
}

async function plantInEngine(
  { run, slug, homeId }: PlantTarget,
  marker: MarkerOf,
  undo: AsyncDisposableStack,
): Promise<void> {
  const image = await ensureDenoImage(run);
  const name = `planted-${slug}`;
  const ofBottle = ["--label", `bot-bottle.slug=${slug}`];
  const planted = (place: PlaceName): readonly string[] => ["--label", `planted=${marker(place)}`];

  undo.defer(async () => {
    await run(["docker", "rm", "--force", name]);
    await run(["docker", "image", "rm", "--force", name]);
    await run(["docker", "network", "rm", name]);
    await run(["docker", "volume", "rm", name]);
  });
  const container = [...ofBottle, ...planted("inspect container"), "--network", "none"];
  const print = ["sh", "-c", "cat"];
  const create = ["create", "--interactive", "--name", name, ...container, image, ...print];
  await docker(run, create);
  await docker(run, ["start", "--attach", "--interactive", name], marker("container log"));
  await docker(run, [
    "network",
    "create",
    "--internal",
    "--label",
    `bot-bottle.home=${homeId}`,
    ...planted("inspect network"),
    name,
  ]);
  await docker(run, ["volume", "create", ...ofBottle, ...planted("inspect volume"), name]);
  const change = (text: string): readonly string[] => ["--change", text];
  await docker(run, [
    "commit",
    "--message",
    marker("image history"),
    ...change(`LABEL bot-bottle.slug=${slug}`),
    ...change(`LABEL planted=${marker("inspect image")}`),
    name,
    name,
  ]);
}

async function plantInBundle({ run, slug }: PlantTarget, marker: MarkerOf): Promise<void> {
  const image = await ensureDenoImage(run);
  const mount = ["--volume", `${resourceName(slug, "ledger")}:/volume`, "--network", "none"];
  await docker(
    run,
    ["run", "--rm", "--interactive", ...mount, image, "sh", "-c", "cat > /volume/planted"],
    marker("volume"),
  );
  // As the host's root: the daemon's own user may not open its pipe to init, which takes the line for its log.
  const pid = await findDaemon(run, resourceName(slug, "bundle"), "egress");
  const asRoot = [...traceFlags, "--network", "none"];
  await docker(
    run,
    ["run", "--rm", "--interactive", ...asRoot, image, "sh", "-c", `cat > /proc/${pid}/fd/2`],
    `${marker("daemon log")}\n`,
  );
}

/** The host's process id of a daemon. */
async function findDaemon(run: Run, bundle: string, name: string): Promise<number> {
  const processes = (await docker(run, ["top", bundle, "-o", "pid,args"])).split("\n");
  const line = processes.find((text) => new RegExp(`sidecars\\.js ${name}\\b`).test(text));
  if (line === undefined) throw new Error(`no daemon ${name} in:\n${processes.join("\n")}`);
  return Number.parseInt(line.trim(), 10);
}
