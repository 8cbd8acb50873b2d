/** Names of everything that bot-bottle makes, and the labels by which it finds them again. */

import { createHash } from "node:crypto";
import { BottleError } from "./errors.ts";

/** A bottle's identity: `<agent>-<5 of a-z0-9>`. */
export type Slug = string & { readonly brand: "Slug" };
/** The name of a host variable: `[A-Za-z_][A-Za-z0-9_]*`. */
export type EnvName = string & { readonly brand: "EnvName" };
/** First 12 hex digits of the SHA-256 of the home's real path: one home never touches another's. */
export type HomeId = string & { readonly brand: "HomeId" };

/** The version of this program, as `version` and the labels say it. */
export const VERSION = "0.1.0";

const SLUG = /^[a-z][a-z0-9-]{0,62}-[a-z0-9]{5}$/;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Whether a text is a bottle's name. */
export function isSlug(text: string): text is Slug {
  return SLUG.test(text);
}

/** Parses a slug. @throws {BottleError} `slug-invalid` */
export function parseSlug(text: string): Slug {
  if (!isSlug(text)) {
    throw new BottleError(`Not a bottle's name: ${JSON.stringify(text.slice(0, 80))}`, {
      code: "slug-invalid",
      exitCode: 2,
      hint: "Take one that `bot-bottle list` shows",
    });
  }
  return text;
}

/** Parses a variable's name; undefined if it is none. */
export function parseEnvName(text: string): EnvName | undefined {
  return ENV_NAME.test(text) ? text as EnvName : undefined;
}

/** A new slug for an agent: the agent's name and five random characters. */
export function makeSlug(agent: string, random: (length: number) => Uint8Array): Slug {
  return parseSlug(`${agent}-${pick(ALPHABET, 5, random)}`);
}

/**
 * What the agent holds instead of a credential: `<the real kind's prefix>bot-bottle-<slug>-<22 base62>`, 131 bits.
 *
 * @example
 * ```ts
 * import { makePlaceholder, parseSlug } from "./names.ts";
 * const text = makePlaceholder("sk-ant-oat01-", parseSlug("demo-ab12c"), (n) => new Uint8Array(n));
 * if (!text.startsWith("sk-ant-oat01-bot-bottle-demo-ab12c-")) throw new Error(text);
 * ```
 */
export function makePlaceholder(
  prefix: string,
  slug: Slug,
  random: (length: number) => Uint8Array,
): string {
  return `${prefix}bot-bottle-${slug}-${pick(BASE62, 22, random)}`;
}

/** @param realHome the home's path with links resolved */
export function homeId(realHome: string): HomeId {
  return createHash("sha256").update(realHome).digest("hex").slice(0, 12) as HomeId;
}

/** What a labelled thing is for. */
export type Role =
  | "agent"
  | "bundle"
  | "seal"
  | "probe"
  | "builder"
  | "inner"
  | "outer"
  | "ledger"
  | "mirrors"
  | "image";

/** The labels' keys. */
export const Label = {
  home: "bot-bottle.home",
  slug: "bot-bottle.slug",
  role: "bot-bottle.role",
  version: "bot-bottle.version",
} as const;

/** The name of a bottle's container, network or volume. */
export function resourceName(slug: Slug, role: Exclude<Role, "outer" | "image">): string {
  return `bot-bottle-${slug}-${role}`;
}

/** The one network of a home that leads out; bundles only. */
export function outerNetworkName(home: HomeId): string {
  return `bot-bottle-${home}-outer`;
}

/** Unbiased choice of `length` characters: bytes past the last whole multiple are drawn again. */
function pick(alphabet: string, length: number, random: (length: number) => Uint8Array): string {
  const limit = 256 - 256 % alphabet.length;
  let text = "";
  while (text.length < length) {
    for (const byte of random(length - text.length)) {
      if (byte < limit) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
