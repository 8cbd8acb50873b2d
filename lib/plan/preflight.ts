/** The preflight: what will run, before anything does (cli.md, "Preflight"). Names of variables, never values. */

import { imageLines } from "../image/describe.ts";
import { escapeControl } from "../egress/escape.ts";
import type { WorkspacePlan } from "../workspace/types.ts";
import type { Route } from "../egress/route/route.ts";
import { describeCredential } from "../manifest/credential.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { EnvValue, GitUser, Resources } from "../manifest/types.ts";
import { repoDetails, repoText } from "./gate_text.ts";
import type { BottlePlan, GateRepoPlan, TokenPlan } from "./plan.ts";
import { changeText, routeText } from "./route_text.ts";
import type { RuntimePlan } from "./runtime.ts";
import { workspaceLines } from "./workspace.ts";

/** How a line is shown. `heading` begins a part; `muted` explains the line above. */
export type Tone = "heading" | "plain" | "muted" | "warning" | "danger";

/** One line, safe to print: control characters are escaped. */
export interface PreflightLine {
  /** Without a line end. */
  readonly text: string;
  /** How to show it. */
  readonly tone: Tone;
}

const LABEL_WIDTH = 11;

/** The whole screen, top to bottom. */
export function preflightLines(plan: BottlePlan): readonly PreflightLine[] {
  const { manifest, agent, egress } = plan;
  const { resources } = manifest.bottle;
  const image = imageLines(agent.image);
  return [
    line("heading", `Bottle ${plan.slug}${plan.fields.label ? ` (${plan.fields.label})` : ""}`),
    fact("Agent", `${manifest.agent.name}, ${manifest.agent.file}`),
    fact("Bottle", `${manifest.bottle.name}, ${manifest.bottle.file}`),
    ...manifest.bottle.chain.slice(0, -1).map((file) => fact("", `extends ${file}`, "muted")),
    fact("Backend", `${plan.fields.backend}; ${printResources(resources)}`),
    fact("Runtime", printRuntime(plan.fields.runtime)),
    fact("Image", image.image),
    ...image.more.map((text) => fact("", text, "muted")),
    ...listWorkspace(plan.fields.workspace),
    ...list("Env", printEnv(plan.fields.env), "none"),
    ...listRoutes(egress.routes, egress.tokens),
    ...egress.changes.map((change, index) =>
      fact(index === 0 ? "Changed" : "", changeText(change))
    ),
    fact("Audit", AUDIT[egress.log], egress.log === "all" ? "plain" : "warning"),
    fact("Git", printUser(manifest.gitUser)),
    ...listRepos(plan.gitGate.repos),
    fact("Skills", plan.fields.skills.map((skill) => skill.name).join(", ") || "none"),
    fact("Supervise", `off: ${plan.supervise.why}`),
    fact("Afterwards", plan.fields.keep ? "kept" : "removed when the agent ends well", "muted"),
    ...plan.fields.notices.map(({ level, text }) =>
      line(level === "info" ? "muted" : level, `${NOTICE[level]} ${text}`)
    ),
  ];
}

const NOTICE = { info: "i", warning: "!", danger: "!!" } as const;

const AUDIT = {
  all: "every request",
  blocked: "blocked requests only",
  off: "off: nothing is kept of what the agent asks for",
} as const;

function listRoutes(
  routes: readonly Route[],
  tokens: readonly TokenPlan[],
): readonly PreflightLine[] {
  if (routes.length === 0) return [fact("Routes", "none: the agent reaches nothing", "warning")];
  const refs = new Map(tokens.map(({ slot, ref }) => [slot, describeCredential(ref)]));
  return routes.map((route, index) => {
    const { auth } = route;
    const text = routeText(
      route,
      auth === undefined || auth.scheme === "agent" ? undefined : refs.get(auth.token),
    );
    return fact(index === 0 ? "Routes" : "", text, isDangerous(route) ? "danger" : "plain");
  });
}

function isDangerous({ allow_private: isPrivate, auth, tls }: Route): boolean {
  return isPrivate === true || auth?.scheme === "agent" || tls === "passthrough";
}

function listRepos(repos: readonly GateRepoPlan[]): readonly PreflightLine[] {
  return repos.flatMap((repo, index) => [
    fact(index === 0 ? "Repos" : "", repoText(repo)),
    fact("", `  ${repoDetails(repo)}`, "muted"),
  ]);
}

function printEnv(env: ReadonlyMap<string, EnvValue>): readonly string[] {
  return [...env].map(([name, value]) => {
    switch (value.kind) {
      case "literal":
        return name;
      case "host":
        return `${name} ← ${value.name}`;
      case "ask":
        return `${name} (asked: ${value.question})`;
    }
    return value satisfies never;
  });
}

function printUser({ name, email }: GitUser): string {
  if (name === undefined && email === undefined) return "no identity";
  return [name, email].flatMap((field) =>
    field ? [`${field.value} (${formatPlace(field.place)})`] : []
  ).join(", ");
}

function printResources({ cpus, memoryBytes, pids }: Resources): string {
  const mebibytes = Math.round(memoryBytes / 1024 ** 2);
  const memory = mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
  return `${cpus} CPUs, ${memory}, ${pids} processes`;
}

/** Without a name the engine's own runs, or none is chosen yet. */
function printRuntime({ name, why }: RuntimePlan): string {
  return name === null ? why : `${name} (${why})`;
}

function listWorkspace(workspace: WorkspacePlan | null): readonly PreflightLine[] {
  if (workspace === null) return [];
  const [first = "", ...more] = workspaceLines(workspace);
  return [fact("Workspace", first), ...more.map((text) => fact("", text, "muted"))];
}

function list(label: string, texts: readonly string[], none: string): readonly PreflightLine[] {
  if (texts.length === 0) return [fact(label, none)];
  return texts.map((text, index) => fact(index === 0 ? label : "", text));
}

function fact(label: string, text: string, tone: Tone = "plain"): PreflightLine {
  return line(tone, `  ${label.padEnd(LABEL_WIDTH)} ${text}`);
}

function line(tone: Tone, text: string): PreflightLine {
  return { tone, text: escapeControl(text) };
}
