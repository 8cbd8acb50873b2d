/** Routes as the host reads them from a bundle. */

import { escapeControl } from "../egress/escape.ts";
import type {
  HeaderMatch,
  PathMatch,
  Route,
  RouteAuth,
  RouteLimits,
  RouteMatch,
  TokenSlot,
} from "../egress/route/route.ts";
import type { RoutesResult } from "./protocol.ts";
import {
  optional,
  readChoice,
  readCount,
  readFlag,
  readList,
  readShape,
  readText,
  type Shape,
  shapeError,
} from "./shape.ts";

/** Bounds of `egressConfigSchema`. */
const MAX_ROUTES = 4_096;
const MAX_MATCHES = 256;
const TEXT = 1_024;

/** @throws {BottleError} `shape-invalid` */
export function parseRoutesResult(value: unknown): RoutesResult {
  const shape = readShape(value, "routes.get");
  return {
    routes: readList(shape, "routes", MAX_ROUTES).map(parseRoute),
    revision: readCount(shape, "revision"),
  };
}

function parseRoute(value: unknown): Route {
  const shape = readShape(value, "route");
  const ports = optional(
    shape,
    "ports",
    () => readList(shape, "ports", 64).map((port) => readCount({ port }, "port")),
  );
  const matches = optional(
    shape,
    "matches",
    () => readList(shape, "matches", MAX_MATCHES).map(parseMatch),
  );
  const auth = optional(shape, "auth", () => parseAuth(readShape(shape.auth, "auth")));
  const isPrivate = optional(shape, "allow_private", () => readFlag(shape, "allow_private"));
  const limits = optional(shape, "limits", () => parseLimits(readShape(shape.limits, "limits")));
  const tls = optional(shape, "tls", () => readChoice(shape, "tls", ["passthrough"] as const));
  const isProvider = optional(shape, "provider", () => readFlag(shape, "provider")) ?? false;
  return {
    host: readPlain(shape, "host", 256),
    ...(ports === undefined ? {} : { ports }),
    ...(matches === undefined ? {} : { matches }),
    ...(auth === undefined ? {} : { auth }),
    ...(isPrivate === undefined ? {} : { allow_private: isPrivate }),
    ...(limits === undefined ? {} : { limits }),
    ...(tls === undefined ? {} : { tls }),
    ...(isProvider ? { provider: true as const } : {}),
    origin: readPlain(shape, "origin", TEXT),
  };
}

function parseMatch(value: unknown): RouteMatch {
  const shape = readShape(value, "match");
  const methods = optional(
    shape,
    "methods",
    () => readList(shape, "methods", 32).map((method) => readPlain({ method }, "method", 32)),
  );
  const paths = optional(shape, "paths", () => readList(shape, "paths", 256).map(parsePath));
  const until = optional(shape, "expires_at", () => readPlain(shape, "expires_at", 40));
  const headers = optional(shape, "headers", () => readList(shape, "headers", 16).map(parseHeader));
  return {
    ...(methods === undefined ? {} : { methods }),
    ...(paths === undefined ? {} : { paths }),
    ...(headers === undefined ? {} : { headers }),
    ...(until === undefined ? {} : { expires_at: until }),
  };
}

function parsePath(value: unknown): PathMatch {
  const shape = readShape(value, "path");
  return {
    type: readChoice(shape, "type", ["prefix", "exact", "glob", "regex"]),
    value: readPlain(shape, "value", 2_048),
  };
}

function parseHeader(value: unknown): HeaderMatch {
  const shape = readShape(value, "header");
  return {
    name: readPlain(shape, "name", 128),
    type: readChoice(shape, "type", ["exact", "regex"]),
    value: readPlain(shape, "value", 1_024),
  };
}

function parseLimits(shape: Shape): RouteLimits {
  const requests = optional(
    shape,
    "requests_per_minute",
    () => readCount(shape, "requests_per_minute"),
  );
  const out = optional(shape, "bytes_out", () => readCount(shape, "bytes_out"));
  const body = optional(shape, "body_bytes", () => readCount(shape, "body_bytes"));
  return {
    ...(requests === undefined ? {} : { requests_per_minute: requests }),
    ...(out === undefined ? {} : { bytes_out: out }),
    ...(body === undefined ? {} : { body_bytes: body }),
  };
}

function parseAuth(shape: Shape): RouteAuth {
  const scheme = readChoice(shape, "scheme", ["bearer", "token", "basic", "header", "agent"]);
  if (scheme === "agent") return { scheme };
  const token = readSlot(shape);
  switch (scheme) {
    case "bearer":
    case "token":
      return { scheme, token };
    case "basic":
      return { scheme, username: readPlain(shape, "username", 256), token };
    case "header":
      return { scheme, header: readPlain(shape, "header", 128), token };
  }
  return scheme satisfies never;
}

function readSlot(shape: Shape): TokenSlot {
  const [, digits] = /^EGRESS_TOKEN_([1-9][0-9]{0,3})$/.exec(readText(shape, "token", 32)) ?? [];
  if (digits === undefined) throw shapeError("token", "a slot");
  return `EGRESS_TOKEN_${Number(digits)}`;
}

/** It is shown, and sent back: a control character has no place in it. */
function readPlain(from: Shape, key: string, maxLength: number): string {
  const text = readText(from, key, maxLength);
  if (escapeControl(text) !== text) throw shapeError(key, "a text without control characters");
  return text;
}
