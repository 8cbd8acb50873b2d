/** The engine: which, where, and what of it makes bottles slower or weaker. */

import type { EngineInfo } from "../../../backends/docker/engine_info.ts";
import { type Finding, note, ok, problem, warning } from "../finding.ts";
import type { Check, EngineScene } from "../scene.ts";

/** The check: with no engine, it says why. */
export const engine: Check = {
  name: "engine",
  run: async ({ services, docker }, signal) => {
    if (docker === null) {
      const availability = await (await services.backend()).availability(signal);
      return availability.usable
        ? [warning("The engine answers now, and did not a moment ago", "Run doctor again")]
        : [problem(availability.problem, availability.hint)];
    }
    return [
      await lookWhere(docker, services.context.env, signal),
      ...judgeInfo(docker.info),
    ];
  },
};

/** Not every client tells of contexts: what the engine says of itself stands without. */
async function lookWhere(
  docker: EngineScene,
  env: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    return judgeWhere(docker.info, await endpoint(docker, env, signal));
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return warning(`Can't tell where the engine is: ${why}`, "See `docker context ls`");
  }
}

/** Where the engine is, as its client says. */
export interface Endpoint {
  readonly context: string;
  /** `unix:///var/run/docker.sock` */
  readonly host: string;
  /** What decided: a variable, or the client's configuration. */
  readonly by: "DOCKER_HOST" | "DOCKER_CONTEXT" | "context";
  /** Of the client. */
  readonly client: string;
  /** Whether TLS is on, and checks whom it talks to. */
  readonly hasTls: boolean;
}

/** @throws {BottleError} where the client can't tell */
export async function endpoint(
  { engine }: Pick<EngineScene, "engine">,
  env: (name: string) => string | undefined,
  signal: AbortSignal,
): Promise<Endpoint> {
  const format =
    "{{.Name}}\t{{.Endpoints.docker.Host}}\t{{.Endpoints.docker.SkipTLSVerify}}\t{{len .TLSMaterial}}";
  const [inspected, client] = await Promise.all([
    engine.docker(["context", "inspect", "--format", format], { signal }),
    engine.docker(["version", "--format", "{{.Client.Version}}"], { signal }),
  ]);
  const [context = "", host = "", isUnchecked, certificates] = inspected.split("\t");
  const isSet = (name: string): boolean => (env(name) ?? "") !== "";
  // The client heeds the variable for `DOCKER_HOST` alone: a context has its own certificates, or none.
  const hasTls = certificates !== "0" || isSet("DOCKER_HOST") && isSet("DOCKER_TLS_VERIFY");
  return {
    context,
    host,
    client,
    by: isSet("DOCKER_HOST")
      ? "DOCKER_HOST"
      : isSet("DOCKER_CONTEXT")
      ? "DOCKER_CONTEXT"
      : "context",
    hasTls: hasTls && isUnchecked === "false",
  };
}

/** Whether the engine is on this machine, as far as its address tells. */
export function isLocal(host: string): boolean {
  return /^(?:unix|npipe|fd):/.test(host) || isLoopback(host);
}

function isLoopback(host: string): boolean {
  return /^(?:tcp|https?|ssh):\/\/(?:[^@/]*@)?(?:localhost|127(?:\.[0-9]+){3}|\[::1\])(?::|\/|$)/
    .test(host);
}

/** Versions, and where it is. */
export function judgeWhere(info: EngineInfo, where: Endpoint): Finding {
  const { host, context, by, client } = where;
  const isOpen = /^(?:tcp|http):/.test(host) && !isLoopback(host) && !where.hasTls;
  const place = by === "DOCKER_HOST" ? `by ${by}` : `context "${context}"`;
  const text = `Docker ${info.version} (client ${client}) at "${host}", ${place}` +
    (isLocal(host) ? "" : ", another machine") + (info.system === "" ? "" : `; ${info.system}`);
  const facts = {
    version: info.version,
    client,
    host,
    context,
    by,
    is_local: isLocal(host),
    system: info.system,
    kernel: info.kernel,
  };
  return isOpen
    ? problem(
      `${text}: nothing protects the way there, and credentials go over it`,
      "Use ssh://, or TLS that checks the engine's certificate",
      facts,
    )
    : ok(text, facts);
}

/** Storage, cgroups, root, and what the engine itself warns of. */
export function judgeInfo(info: EngineInfo): readonly Finding[] {
  const isRootless = info.securityOptions.some((option) => /^name=rootless\b/.test(option));
  return [
    judgeStorage(info.storageDriver),
    judgeCgroups(info.cgroupVersion, isRootless),
    isRootless
      ? note("The engine runs without root", null, { is_rootless: true })
      : ok("The engine runs as root", { is_rootless: false }),
    ...info.warnings.map((text) =>
      note(`The engine says: ${text.replace(/^WARNING: /, "")}`, null, {})
    ),
  ];
}

function judgeStorage(driver: string): Finding {
  const facts = { storage_driver: driver };
  if (driver === "") return note("The engine does not tell its storage driver", null, facts);
  return driver === "vfs"
    ? warning(
      `Storage driver "${driver}": each container is a full copy of its image`,
      "Set up overlay2 or fuse-overlayfs",
      facts,
    )
    : ok(`Storage driver "${driver}"`, facts);
}

function judgeCgroups(version: string, isRootless: boolean): Finding {
  const facts = { cgroup_version: version };
  if (version === "") return note("The engine does not tell its cgroup version", null, facts);
  return version === "1" && isRootless
    ? warning(
      "cgroup version 1 without root: limits don't hold",
      "Boot the engine's host with cgroup version 2",
      facts,
    )
    : ok(`cgroup version ${version}`, facts);
}
