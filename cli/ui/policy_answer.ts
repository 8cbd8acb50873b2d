/** What `policy test` says, for people and for programs. */

import { printHost } from "../../lib/egress/host/host.ts";
import { REDACTED, redactPath } from "../../lib/egress/credential/redact.ts";
import { blockReasons } from "../../lib/egress/reason.ts";
import type { Remedy } from "../../lib/egress/explain/remedy.ts";
import type { AllowChange } from "../../lib/egress/route/route_change.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import type { PolicyAnswer } from "../session/policy_test.ts";
import { routesYaml } from "./route_yaml.ts";
import { styleOf } from "./style.ts";

/** Lines, the verdict first. Escaped: paths and details come from manifests and from whoever asks. */
export function policyLines(
  answer: PolicyAnswer,
  out: { readonly useColor: boolean },
): readonly string[] {
  const { asked, explained, notes } = answer;
  const { verdict, steps, refusal, isAddressOpen } = explained;
  const style = styleOf(out);
  const tone = verdict === "passes" ? style.green : style.red;
  const words = { passes: "ok", refused: "NO", open: "?", skipped: "-" } as const;
  const rows = steps.map(({ name, outcome, detail }) =>
    `  ${name.padEnd(11)}  ${words[outcome].padEnd(2)}  ${escapeControl(detail)}`
  );
  const open = isAddressOpen && verdict === "passes" ? ", if its address may be reached" : "";
  return [
    `${tone(`${verdict}${open}`)}  ${`${asked.method} ${shownUrl(asked.url)}`}`,
    ...rows,
    ...(refusal === undefined ? [] : [
      "",
      `The agent gets ${blockReasons[refusal.reason]}, reason ${refusal.reason}: ${
        escapeControl(refusal.hint)
      }`,
      ...remedyLines(answer).map(escapeControl),
    ]),
    ...notes.map((note) => style.yellow(escapeControl(`! ${note}`))),
  ];
}

/** Answers end in logs: as the audit has it, and without what stands before the host. */
function shownUrl(url: string): string {
  const bare = url.replace(/^(https?:\/\/)[^/?#]*@/i, `$1${REDACTED}@`);
  return redactPath(bare, (text) => text);
}

function remedyLines({ remedy, slug, file, explained }: PolicyAnswer): readonly string[] {
  switch (remedy.kind) {
    case "none":
      return ["No change of the routes lets it pass as it is"];
    case "declined":
      return [`No change is suggested: ${remedy.why}`];
    case "manifest":
      return [
        `What would let it pass, in ${
          remedy.origin === undefined ? `"${file}"` : `the route of ${remedy.origin}`
        }:`,
        `  ${remedy.key}: ${remedy.value}`,
        ...thenLines(remedy),
      ];
    case "allow": {
      const command = allowCommand(remedy.change, slug ?? "<slug>");
      const routed = new Set(explained.route === undefined ? [] : [remedy.change.host]);
      return [
        ...(command === undefined
          ? []
          : [`What would let it pass, while the bottle runs:`, `  ${command}`]),
        `For every bottle, in the head of "${file}":`,
        ...routesYaml([remedy.change], routed).trimEnd().split("\n").map((line) => `  ${line}`),
        ...thenLines(remedy),
      ];
    }
  }
  return remedy satisfies never;
}

function thenLines({ then }: Exclude<Remedy, { kind: "none" | "declined" }>): readonly string[] {
  return then === undefined
    ? []
    : [`Then it is refused still, reason ${then.reason}: ${then.detail}`];
}

/** Undefined where the command line has no words for the path: stars there mean more. */
function allowCommand(change: AllowChange, slug: string): string | undefined {
  const { host, ports, methods, paths } = change;
  if (paths?.some(({ type, value }) => type !== "exact" || value.includes("*")) ?? false) {
    return undefined;
  }
  return [
    ...["bot-bottle", "allow", slug, quoted(host)],
    ...(ports ?? []).flatMap((port) => ["--port", `${port}`]),
    ...(methods ?? []).flatMap((method) => ["--method", method]),
    ...(paths ?? []).flatMap(({ value }) => ["--path", quoted(value)]),
  ].join(" ");
}

/** As a POSIX shell takes it for one word. */
function quoted(text: string): string {
  return /^[A-Za-z0-9@%_+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Stable. */
export function policyJson(answer: PolicyAnswer): unknown {
  const { asked, explained, remedy, notes, slug } = answer;
  const { verdict, isAddressOpen, refusal, steps, target, route, sent } = explained;
  return {
    method: asked.method,
    url: shownUrl(asked.url),
    verdict,
    address_open: isAddressOpen,
    reason: refusal?.reason ?? null,
    status: refusal === undefined ? null : blockReasons[refusal.reason],
    detail: refusal?.detail ?? null,
    hint: refusal?.hint ?? null,
    steps,
    host: target === undefined ? null : printHost(target.host),
    port: target?.port ?? null,
    route: route === undefined ? null : { host: route.host, origin: route.origin },
    sent: sent === undefined ? null : {
      removed: sent.removed,
      query_stripped: sent.isQueryStripped,
      foreign_credential: sent.isForeign,
      credential: sent.credential ?? null,
    },
    remedy: remedyJson(remedy, slug),
    notes,
  };
}

function remedyJson(remedy: Remedy, slug: string | null): unknown {
  switch (remedy.kind) {
    case "none":
      return null;
    case "declined":
      return { command: null, yaml: null, host: null, then: null, declined: remedy.why };
    case "manifest":
      return {
        command: null,
        yaml: `${remedy.key}: ${remedy.value}`,
        host: remedy.host,
        then: remedy.then?.reason ?? null,
      };
    case "allow":
      return {
        command: allowCommand(remedy.change, slug ?? "<slug>") ?? null,
        yaml: routesYaml([remedy.change]),
        host: remedy.change.host,
        then: remedy.then?.reason ?? null,
      };
  }
  return remedy satisfies never;
}
