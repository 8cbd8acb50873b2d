/**
 * The published schema of the audit: a line of `audit --json` and of an archive's `audit.jsonl`. The parser in `row.ts`
 * is written by hand, as the processes that use it start without a schema library; a test holds that both agree.
 */

import { z } from "../deps/zod.ts";
import { MAX_CHANGED_HOSTS } from "../egress/audit/policy_row.ts";
import {
  FINDING_KINDS,
  gateReasonNames,
  MAX_RECORDED_FINDINGS,
  MAX_RECORDED_REFS,
  OBJECT_ID,
} from "./push.ts";
import {
  AUDIT_KINDS,
  AUDIT_SCHEMES,
  AUDIT_VERDICTS,
  auditReasons,
  LONGEST_TEXT,
  SHORT_TEXT,
} from "./row.ts";

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const longText = z.string().max(LONGEST_TEXT);
const shortText = z.string().max(SHORT_TEXT);
const time = z.string().max(40).describe("RFC 3339, UTC, milliseconds");
const hosts = z.array(z.string().max(256)).max(MAX_CHANGED_HOSTS);

const change = z.looseObject({
  by: z.enum(["host"]).describe("Who made it: the person, on the host"),
  revision: count.describe("Of the routes after it"),
  added: hosts,
  removed: hosts,
  changed: hosts,
}).describe("A change of the routes while the bottle ran");

const objectId = z.string().regex(OBJECT_ID);

const pushedRef = z.looseObject({
  ref: shortText,
  old: objectId.describe("All zeroes: the ref is new"),
  new: objectId.describe("All zeroes: the ref is deleted"),
  accepted: z.boolean().describe("Whether the upstream has it now"),
  reason: z.enum(gateReasonNames).exactOptional().describe("Why not"),
});

const pushFinding = z.looseObject({
  rule: shortText.describe("Of gitleaks, or known-secret"),
  what: shortText.exactOptional().describe("The same in words"),
  kind: z.enum(FINDING_KINDS),
  path: shortText.describe("A file's path, or the name of another part"),
  line: count.describe("From 1; 0: none"),
  object: objectId.describe("Commit or object that holds it; empty: none"),
  allowed_by_comment: z.boolean().exactOptional(),
});

const push = z.looseObject({
  repo: shortText.describe("The name that the gate serves it by"),
  refs: z.array(pushedRef).max(MAX_RECORDED_REFS),
  refs_more: count.exactOptional().describe("So many more that are not named"),
  findings: z.array(pushFinding).max(MAX_RECORDED_FINDINGS),
  findings_more: count.exactOptional().describe("So many more that are not named"),
  objects: count.describe("Objects that came with it"),
}).describe("A push: what was asked for, and what became of each ref");

/** Of one row. Keys that are not named may come: none goes away or changes its meaning. */
export const auditRowSchema = z.looseObject({
  time,
  kind: z.enum(AUDIT_KINDS).describe("What was asked, or what happened"),
  method: shortText.describe("Method; of a look-up the record type; of git push or fetch"),
  scheme: z.enum(AUDIT_SCHEMES).describe("Empty where it is not known"),
  host: longText.describe("As the agent asked for it, in canonical form"),
  port: count.describe("0 where there is none"),
  path: longText.describe("Path and redacted query"),
  verdict: z.enum(AUDIT_VERDICTS).describe("failed: allowed, and broken off by a side"),
  reason: z.enum(auditReasons).exactOptional().describe("Absent when allowed"),
  detail: longText.exactOptional().describe("The reason in words"),
  route: shortText.exactOptional().describe("Host pattern of the route that decided"),
  credential: shortText.exactOptional().describe("Scheme of the credential that went out"),
  marks: z.array(shortText).max(32).exactOptional().describe("Things worth a look"),
  change: change.exactOptional(),
  push: push.exactOptional(),
  count: count.exactOptional().describe("So many refusals alike; absent: one"),
  last_time: time.exactOptional(),
  status: count.describe("Sent to the agent; 0 if none was"),
  bytes_up: count.describe("Body bytes from the agent to the upstream"),
  bytes_down: count.describe("Body bytes from the upstream to the agent"),
  duration_ms: count.describe("From the first byte of the request to the end"),
});

/** Of one line. */
export const ledgerLineSchema = z.looseObject({
  seq: count.describe("From 1, without gaps"),
  row: auditRowSchema,
  hash: z.string().max(64).describe("SHA-256 over the previous hash and the row's canonical JSON"),
});

/** The schema of a line as JSON Schema (draft 2020-12). */
export function auditJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(ledgerLineSchema, { io: "input" });
}
