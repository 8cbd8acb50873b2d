/** A row's `push` as it comes in from a stream: git-gate may be broken, the ledger may not. */

import {
  optional,
  readChoice,
  readCount,
  readFlag,
  readList,
  readShape,
  shapeError,
} from "../control/shape.ts";
import type { PushedRef, PushFinding, PushRecord } from "../git_gate/push_record.ts";
import { gateReasons, isGateReason } from "../git_gate/reason.ts";
import { readShown, SHORT_TEXT } from "./shown.ts";

/** So many refs a row names. */
export const MAX_RECORDED_REFS = 100;
/** So many findings a row names. */
export const MAX_RECORDED_FINDINGS = 50;
/** Where a finding may be. */
export const FINDING_KINDS = [
  "file",
  "message",
  "identity",
  "tag",
  "note",
  "ref",
  "path",
  "object",
] as const satisfies readonly PushFinding["kind"][];
/** Why a ref was not taken. */
export const gateReasonNames = Object.keys(gateReasons).filter(isGateReason);
/** An object id: SHA-1 or SHA-256 in hex; of a finding also empty. */
export const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64}|)$/;

/** Takes the known fields only, their texts escaped. @throws {BottleError} `shape-invalid` */
export function parsePushRecord(value: unknown): PushRecord {
  const push = readShape(value, "push");
  const refsMore = optional(push, "refs_more", () => readCount(push, "refs_more"));
  const findingsMore = optional(push, "findings_more", () => readCount(push, "findings_more"));
  return {
    repo: readShown(push, "repo", SHORT_TEXT),
    refs: readList(push, "refs", MAX_RECORDED_REFS).map(parseRef),
    ...(refsMore === undefined ? {} : { refs_more: refsMore }),
    findings: readList(push, "findings", MAX_RECORDED_FINDINGS).map(parseFinding),
    ...(findingsMore === undefined ? {} : { findings_more: findingsMore }),
    objects: readCount(push, "objects"),
  };
}

function parseRef(value: unknown): PushedRef {
  const shape = readShape(value, "ref");
  const reason = optional(shape, "reason", () => readChoice(shape, "reason", gateReasonNames));
  return {
    ref: readShown(shape, "ref", SHORT_TEXT),
    old: readObjectId(shape, "old"),
    new: readObjectId(shape, "new"),
    accepted: readFlag(shape, "accepted"),
    ...(reason === undefined ? {} : { reason }),
  };
}

function parseFinding(value: unknown): PushFinding {
  const shape = readShape(value, "finding");
  const what = optional(shape, "what", () => readShown(shape, "what", SHORT_TEXT));
  const byComment = optional(
    shape,
    "allowed_by_comment",
    () => readFlag(shape, "allowed_by_comment"),
  );
  return {
    rule: readShown(shape, "rule", SHORT_TEXT),
    ...(what === undefined ? {} : { what }),
    kind: readChoice(shape, "kind", FINDING_KINDS),
    path: readShown(shape, "path", SHORT_TEXT),
    line: readCount(shape, "line"),
    object: readObjectId(shape, "object"),
    ...(byComment === undefined ? {} : { allowed_by_comment: byComment }),
  };
}

function readObjectId(from: Readonly<Record<string, unknown>>, key: string): string {
  const value = from[key];
  if (typeof value !== "string" || !OBJECT_ID.test(value)) throw shapeError(key, "an object id");
  return value;
}
