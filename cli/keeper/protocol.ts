/**
 * What a keeper is told and asked: one document on its stdin when it begins; then newline-delimited JSON-RPC on its socket, which
 * belongs to the person alone.
 */

import {
  readChoice,
  readCount,
  readList,
  readShape,
  readText,
  shapeError,
} from "../../lib/control/shape.ts";
import { parseSlug, type Slug } from "../../lib/names.ts";

/** What a keeper needs to know. It holds values that come from the host or from the person: never on a disk or an argv. */
export interface KeeperSeed {
  readonly slug: Slug;
  /** Absolute. */
  readonly home: string;
  /**
   * Variables of the guest's programs that came from host variables and from answers, and the provider's as the launch made them: with
   * placeholders, no credential is among them.
   */
  readonly environment: Readonly<Record<string, string>>;
}

/** `status`. Snake case: it is JSON of ours. */
export interface KeeperStatus {
  readonly pid: number;
  /** RFC 3339: since when it keeps. */
  readonly since: string;
  readonly slug: Slug;
  /** Of the program. */
  readonly version: string;
  /** Whether its control stream to the bundle is open. */
  readonly stream: "up" | "down";
}

/** The methods: name → result. None takes parameters. */
export interface KeeperMethods {
  "status": KeeperStatus;
  /** {@linkcode KeeperSeed.environment}. */
  "environment": Readonly<Record<string, string>>;
  /** Lets go of the bottle's lock, answers, and ends. The bottle runs on. */
  "release": null;
}

/** A line to or from a keeper, in bytes: a guest's variables have to fit into the argument space of a program, 2 MiB. */
export const MAX_KEEPER_LINE = 4 * 1024 * 1024;
const MAX_VARIABLES = 4096;

/** The seed's line. */
export function formatSeed(seed: KeeperSeed): string {
  const { slug, home, environment } = seed;
  return `${JSON.stringify({ slug, home, environment: Object.entries(environment) })}\n`;
}

/** @throws {BottleError} `shape-invalid`, `slug-invalid`; it quotes no value of a variable */
export function parseSeed(value: unknown): KeeperSeed {
  const shape = readShape(value, "seed");
  const home = readText(shape, "home", 4096);
  if (!home.startsWith("/")) throw shapeError("home", "an absolute path");
  return {
    slug: parseSlug(readText(shape, "slug", 80)),
    home,
    environment: parseEnvironment(shape.environment),
  };
}

/** Readers of the answers. Each throws a `BottleError` `shape-invalid`. */
export const keeperAnswers: {
  readonly [M in keyof KeeperMethods]: (value: unknown) => KeeperMethods[M];
} = {
  "status": parseStatus,
  "environment": parseEnvironment,
  "release": (): null => null,
};

function parseStatus(value: unknown): KeeperStatus {
  const shape = readShape(value, "status");
  return {
    pid: readCount(shape, "pid"),
    since: readText(shape, "since", 40),
    slug: parseSlug(readText(shape, "slug", 80)),
    version: readText(shape, "version", 40),
    stream: readChoice(shape, "stream", ["up", "down"]),
  };
}

/** Pairs, not an object: a variable may have the name of a property that every object has. */
export function parseEnvironment(value: unknown): Readonly<Record<string, string>> {
  const pairs = readList({ environment: value }, "environment", MAX_VARIABLES).map((pair) => {
    const [name, text] = readList({ pair }, "pair", 2);
    return [
      readText({ name }, "name", 1024),
      readText({ value: text }, "value", MAX_KEEPER_LINE),
    ] as const;
  });
  return Object.fromEntries(pairs);
}
