/** What `allow` limits a host to, from the words of the command line: the parser's collecting functions. */

import { findPathFault } from "../lib/egress/route/path.ts";
import type { PathMatch, WrittenPath } from "../lib/egress/route/route.ts";
import { badUsage } from "./usage.ts";

/** `--method GET,POST`, repeatable. @throws {BottleError} `usage` */
export function collectMethods(text: string, before: readonly string[] = []): string[] {
  const methods = text.split(",").map((method) => method.trim().toUpperCase());
  const bad = methods.find((method) =>
    !/^[A-Z][A-Z-]{0,31}$/.test(method) || method === "CONNECT" || method === "TRACE"
  );
  if (bad === undefined) return [...new Set([...before, ...methods])];
  throw badUsage(`Not a method that a route may have: "${bad}"`, "Write --method GET,POST");
}

/**
 * `--path`, repeatable: `/v1/models` is that path, `/v1/*` all below it, and with stars elsewhere it is a glob.
 *
 * @throws {BottleError} `usage`
 */
export function collectPaths(text: string, before: readonly PathMatch[] = []): PathMatch[] {
  const path = pathOf(text);
  const why = findPathFault(path);
  if (why === undefined) return [...before, path];
  throw badUsage(
    `Not a path of a route: "${text}": ${why}`,
    "Write --path /v1/models for that one, --path '/v1/*' for all below it",
  );
}

/** `--port`, repeatable. @throws {BottleError} `usage` */
export function collectPorts(text: string, before: readonly number[] = []): number[] {
  const port = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return [...new Set([...before, port])];
  throw badUsage(`Not a port: "${text}"`, "Write a number from 1 to 65535");
}

function pathOf(text: string): WrittenPath {
  const below = text.endsWith("/*") ? text.slice(0, -1) : undefined;
  if (below !== undefined && !below.includes("*")) return { type: "prefix", value: below };
  return { type: text.includes("*") ? "glob" : "exact", value: text };
}
