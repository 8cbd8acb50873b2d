/** What an engine tells of itself (`docker info`), and of its runtimes. */

import type { EngineRuntimes, GvisorState } from "../../lib/plan/runtime.ts";
import { gvisorKey, readGvisorResult } from "../../lib/state/gvisor_tests.ts";
import type { Engine } from "../engine/engine.ts";

/** The parts that are used; absent in older engines and in podman: empty, null or 0. */
export interface EngineInfo {
  readonly id: string;
  readonly version: string;
  readonly kernel: string;
  /** In words: `Debian GNU/Linux 12 (bookworm)`, `Docker Desktop`. */
  readonly system: string;
  readonly storageDriver: string;
  readonly cgroupVersion: string;
  /** `name=seccomp,profile=default`, `name=rootless`, `name=userns`. */
  readonly securityOptions: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
  /** RFC 3339, when it answered; empty if it doesn't tell. */
  readonly time: string;
  readonly runtimes: Readonly<Record<string, unknown>>;
  readonly defaultRuntime: string;
  /** What the engine itself warns of. */
  readonly warnings: readonly string[];
}

/** @throws {BottleError} what the engine says */
export async function engineInfo(engine: Engine, signal?: AbortSignal): Promise<EngineInfo> {
  const options = signal === undefined ? {} : { signal };
  return parseInfo(JSON.parse(await engine.docker(["info", "--format", "{{json .}}"], options)));
}

/** The pure half of {@linkcode engineInfo}. */
export function parseInfo(value: unknown): EngineInfo {
  const fields = recordOf(value);
  const text = (name: string): string => {
    const field = fields[name];
    return typeof field === "string" ? field : "";
  };
  const number = (name: string): number => {
    const field = fields[name];
    return typeof field === "number" ? field : 0;
  };
  return {
    id: text("ID"),
    version: text("ServerVersion"),
    kernel: text("KernelVersion"),
    system: text("OperatingSystem"),
    storageDriver: text("Driver"),
    cgroupVersion: text("CgroupVersion"),
    securityOptions: textsOf(fields["SecurityOptions"]),
    cpus: number("NCPU"),
    memoryBytes: number("MemTotal"),
    time: text("SystemTime"),
    runtimes: recordOf(fields["Runtimes"]),
    defaultRuntime: text("DefaultRuntime"),
    warnings: textsOf(fields["Warnings"]),
  };
}

/** The engine's runtimes, with what is remembered of gVisor under it. An engine that tells of none has none. */
export async function engineRuntimes(info: EngineInfo, home: string): Promise<EngineRuntimes> {
  return {
    names: Object.keys(info.runtimes),
    byDefault: info.defaultRuntime,
    gvisor: await gvisorState(info, home),
    keepsFiles: keepsFiles(info.runtimes["runsc"]),
  };
}

/** The key of self-tests under this engine's gVisor; undefined if it lists none. */
export function gvisorKeyOf(info: EngineInfo): string | undefined {
  const registration = info.runtimes["runsc"];
  if (registration === undefined) return undefined;
  return gvisorKey({
    engine: info.id,
    engineVersion: info.version,
    kernel: info.kernel,
    registration,
  });
}

async function gvisorState(info: EngineInfo, home: string): Promise<GvisorState> {
  const key = gvisorKeyOf(info);
  if (key === undefined) return { kind: "unlisted" };
  const result = await readGvisorResult(home, key);
  if (result === undefined) return { kind: "untested" };
  const { tested_at: testedAt, passed, why } = result;
  return passed ? { kind: "passed", testedAt } : { kind: "failed", testedAt, why };
}

function keepsFiles(registration: unknown): boolean {
  return textsOf(recordOf(registration)["runtimeArgs"]).some((arg) =>
    /^--?overlay2=none$/.test(arg)
  );
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
