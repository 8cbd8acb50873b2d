/** Values on the command line that have a form of their own. */

import type { BundleNetwork } from "../lib/plan/spec.ts";
import { badUsage } from "./usage.ts";

/** `--bundle-network NAME[=host,…]`, repeatable: the parser's collecting function. */
export function collectNetwork(text: string, before: BundleNetwork[] = []): BundleNetwork[] {
  const at = text.indexOf("=");
  const name = at === -1 ? text : text.slice(0, at);
  const hosts = at === -1 ? [] : text.slice(at + 1).split(",").map((host) => host.trim());
  if (name === "" || hosts.includes("")) {
    throw badUsage(
      `Not a network with hosts: "${text}"`,
      "Write --bundle-network NAME or --bundle-network NAME=host,host",
    );
  }
  return [...before, { name, hosts }];
}

const MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time such as `90s`, `10m`, `8h`, in milliseconds. @throws {BottleError} `usage` */
export function parseTime(text: string): number {
  const [, count, unit] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const size = Object.entries(MS).find(([name]) => name === unit)?.[1];
  const ms = Number(count) * (size ?? 0);
  if (size !== undefined && ms > 0) return ms;
  throw badUsage(`Not a time: "${text}"`, "Write a number and s, m, h or d, like 10m");
}
