/**
 * bot-bottle as a library: what the command line does, for programs.
 *
 * A plan says what will happen, whole and printable, before anything does:
 *
 * @example
 * ```ts
 * import { createHost, ManifestIndex, prepare } from "./mod.ts";
 *
 * const host = createHost({ env: () => undefined, home: "/tmp/nowhere" });
 * const manifest = ManifestIndex.fromObjects({
 *   bottles: { dev: { agent_provider: { template: "scripted" }, egress: { routes: [{ host: "example.com" }] } } },
 *   agents: { tester: { bottle: "dev", prompt: "curl -sS https://example.com/" } },
 * });
 * const plan = await prepare({ manifest, agent: "tester" }, host);
 * if (plan.egress.routes[0]?.host !== "example.com") throw new Error("no route");
 * if (!JSON.stringify(plan).includes(plan.slug)) throw new Error("not printable");
 * ```
 *
 * A bottle is launched from it, and gone when its scope ends:
 *
 * ```ts ignore
 * await using bottle = await launch(plan, { host });
 * const { stdout } = await bottle.exec(["bash", "-c", "curl -sS https://example.com/"]);
 * ```
 *
 * @module
 */

export {
  createHost,
  type HostOptions,
  launch,
  type LaunchBottleOptions,
  prepare,
} from "./cli/library.ts";
export { createDockerBackend, type DockerBackendOptions } from "./backends/docker/backend.ts";
export {
  type Availability,
  Backend,
  type BottleSummary,
  type CleanupItem,
  type CleanupSelection,
  type LaunchOptions,
  type Progress,
  type ProgressStep,
} from "./backends/backend.ts";
export type { Bottle, ExecOptions, ExecResult, GuestEntry, GuestUser } from "./lib/bottle.ts";
export type { Clock, Context, Output } from "./lib/context.ts";
export type { ControlClient } from "./lib/control/client.ts";
export { BottleError, type BottleErrorOptions, ExitCode, type SourcePlace } from "./lib/errors.ts";
export {
  type AgentEntry,
  type BottleEntry,
  ManifestIndex,
  type ManifestObjects,
  type ManifestPlaces,
} from "./lib/manifest/index.ts";
export type { Manifest } from "./lib/manifest/types.ts";
export { BottlePlan, type BottlePlanFields } from "./lib/plan/plan.ts";
export type { BottleSpec, BundleNetwork } from "./lib/plan/spec.ts";
export { compileRoutes, decide, decideRequest } from "./lib/egress/route_table.ts";
export { Secret } from "./lib/secret.ts";
export { findProvider } from "./providers/registry.ts";
export type { AgentProvider, ProviderContext, ProvisionStep } from "./providers/provider.ts";
