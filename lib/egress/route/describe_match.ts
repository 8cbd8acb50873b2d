/** A route's matches in words, for refusals and the audit. */

import type { HeaderMatch, PathMatch, RouteMatch } from "./route.ts";

/**
 * A match in one line: `GET, HEAD on /repos/*`, `any method on regex "/v[0-9]+/.*" with accept "a/b"`, `any method on any
 * path until 2026-01-02T03:04:05.000Z`.
 */
export function describeMatch(
  { methods, paths = [], headers = [], expires_at }: RouteMatch,
): string {
  const fields = headers.length === 0 ? "" : ` with ${headers.map(describeHeader).join(" and ")}`;
  const until = expires_at === undefined ? "" : ` until ${expires_at}`;
  return `${methods?.join(", ") ?? "any method"} on ${
    paths.map(describePath).join(" or ") || "any path"
  }${fields}${until}`;
}

function describePath({ type, value }: PathMatch): string {
  switch (type) {
    case "prefix":
      return `${value.replace(/\/$/, "")}/*`;
    case "exact":
    case "glob":
      return value;
    case "regex":
      return `regex ${JSON.stringify(value)}`;
  }
  return type satisfies never;
}

function describeHeader({ name, type, value }: HeaderMatch): string {
  return `${name} ${type === "regex" ? "regex " : ""}${JSON.stringify(value)}`;
}
