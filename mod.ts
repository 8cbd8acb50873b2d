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
  type BottleMemory,
  type BottleSummary,
  type CleanupItem,
  type CleanupSelection,
  type InForce,
  type LaunchOptions,
  type OpenedGuest,
  type Progress,
  type ProgressStep,
} from "./backends/backend.ts";
export { findProvider } from "./providers/registry.ts";
export type { AgentProvider } from "./providers/provider.ts";
export type { Next, ProvisionStep, ProvisionSteps } from "./lib/provision/step.ts";

export {
  type AgentEntry,
  type BottleEntry,
  ManifestIndex,
  type ManifestObjects,
  type ManifestPlaces,
} from "./lib/manifest/index.ts";
export type { Problem } from "./lib/manifest/problem.ts";
export type { PresetEntry } from "./lib/manifest/presets.ts";
export {
  credentialKey,
  type CredentialSource,
  type CredentialType,
  describeCredential,
} from "./lib/manifest/credential.ts";
export type {
  AgentManifest,
  AgentProviderChoice,
  EffectiveBottle,
  EnvValue,
  GitUser,
  Manifest,
  ManifestRepo,
  ManifestRoute,
  Resources,
  Sourced,
  SourcedResources,
} from "./lib/manifest/types.ts";

export type {
  GateProxy,
  GateRepo,
  GateUpstream,
  GitGateConfig,
  HttpsUpstream,
  PushMode,
  RepoRules,
  SshUpstream,
} from "./lib/git_gate/config.ts";
export type { PushedRef, PushFinding, PushRecord } from "./lib/git_gate/push_record.ts";
export { type GateReason, gateReasons } from "./lib/git_gate/reason.ts";
export type { HostKey } from "./lib/git_gate/host_key.ts";
export type {
  DeployKey,
  ForgeName,
  NoKey,
  RepoKey,
  StaticKey,
  TokenKey,
} from "./lib/git_gate/repo_key.ts";
export type { HttpsAddress, SshAddress, UpstreamAddress } from "./lib/git_gate/upstream_address.ts";

export { inspectWorkspace, type WorkspaceRequest } from "./lib/workspace/inspect.ts";
export type {
  LeftOut,
  Oid,
  SourceRemote,
  WorkspacePlan,
  WorkspaceRemote,
  WorkspaceSource,
} from "./lib/workspace/types.ts";
export type { GitHost } from "./lib/workspace/host_git.ts";
export type { BottleSpec, BundleNetwork, Entering, RuntimeChoice } from "./lib/plan/spec.ts";
export type { LimitsInForce } from "./lib/plan/limits.ts";
export type { EngineRuntimes, GvisorState, RuntimePlan } from "./lib/plan/runtime.ts";
export {
  BottlePlan,
  type BottlePlanFields,
  type EgressPlan,
  type GateRepoPlan,
  type GitGatePlan,
  type Notice,
  type SkillPlan,
  type SupervisePlan,
  type TokenPlan,
} from "./lib/plan/plan.ts";
export type {
  AgentCommand,
  AgentProvisionPlan,
  CredentialShape,
  GuestCommand,
  GuestFile,
  ProviderRoute,
} from "./lib/plan/agent_plan.ts";
export type {
  BuildContext,
  BuiltImage,
  ContextEntry,
  ImageCandidate,
  ImageChoice,
  ImagePlan,
  ImageSource,
  ReadyImage,
} from "./lib/image/types.ts";
export type { BottleEndpoints } from "./lib/plan/endpoints.ts";
export type { PlanContext, PlanProvider, ProviderPlan } from "./lib/plan/provider_plan.ts";
export type { ExtraCa } from "./lib/plan/extra_ca.ts";
export type { Json } from "./lib/plan/plan_json.ts";
export type { UpstreamProxyPlan } from "./lib/plan/upstream_proxy.ts";

export type {
  AgentStart,
  Bottle,
  ExecOptions,
  ExecResult,
  GuestEntry,
  GuestUser,
} from "./lib/bottle.ts";
export type { ControlClient } from "./lib/control/client.ts";
export type {
  AuditTailParams,
  AuditTailResult,
  ConfigureDocument,
  ConfigureResult,
  DaemonName,
  DaemonState,
  HostMethods,
  LedgerConfig,
  ReadyResult,
  RoutesPutParams,
  RoutesResult,
  StatsResult,
} from "./lib/control/protocol.ts";

export type {
  AuditRow,
  FailReason,
  LedgerRow,
  PolicyChange,
  Verdict,
} from "./lib/egress/audit/audit_row.ts";
export type {
  CertificateAuthority,
  EgressConfig,
  ListenAddress,
  PrivateException,
  UpstreamProxy,
} from "./lib/egress/config.ts";
export type { SecretPrint, SecretPrints } from "./lib/dlp/secret_print.ts";
export {
  type BadHost,
  type Host,
  type HostName,
  type ParsedHost,
  parseHost,
} from "./lib/egress/host/host.ts";
export type { IpAddress } from "./lib/egress/host/ip.ts";
export type { Placeholder } from "./lib/egress/credential/placeholder.ts";
export { type BlockReason, blockReasons } from "./lib/egress/reason.ts";
export type { HeaderField, HeaderList } from "./lib/egress/message.ts";
export type {
  AgentAuth,
  AuthScheme,
  HeaderMatch,
  InjectedAuth,
  PathMatch,
  RegexPath,
  Route,
  RouteAuth,
  RouteLimits,
  RouteMatch,
  TokenSlot,
  WrittenPath,
} from "./lib/egress/route/route.ts";
export {
  type AllowChange,
  changeRoutes,
  type DenyChange,
  type RouteChange,
} from "./lib/egress/route/route_change.ts";
export { decideRequest, type RequestLine } from "./lib/egress/route/decide_request.ts";
export type { CompiledMatch } from "./lib/egress/route/route_match.ts";
export type { RequestPath } from "./lib/egress/route/path.ts";
export {
  type CompiledRoute,
  compileRoutes,
  decide,
  type Decision,
  type Destination,
  type RouteTable,
} from "./lib/egress/route/route_table.ts";

export type { Clock, Context, Output } from "./lib/context.ts";
export type { Duplex, DuplexOptions, Run, RunOptions, RunResult } from "./lib/process/run.ts";
export { BottleError, type BottleErrorOptions, ExitCode, type SourcePlace } from "./lib/errors.ts";
export type { EnvName, HomeId, Slug } from "./lib/names.ts";
export { Secret } from "./lib/secret.ts";
