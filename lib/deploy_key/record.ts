/**
 * What is written down of a deploy key before the forge is asked for it, so that nothing that happens afterwards can leave one that
 * nobody knows of.
 */

import { z } from "../deps/zod.ts";
import { BottleError } from "../errors.ts";
import { type ForgeName, FORGES } from "../git_gate/repo_key.ts";
import type { CredentialSource } from "../manifest/credential.ts";
import { isSafeAddress } from "./api_way.ts";
import { type EnvName, isSlug, parseEnvName, type Slug } from "../names.ts";

/** A deploy key that there is, or may be. No secret is part of it. */
export interface DeployKeyRecord {
  /** Whose. */
  readonly slug: Slug;
  /** The name that the bottle's gate serves the repository by. */
  readonly name: string;
  /** Which forge's API. */
  readonly provider: ForgeName;
  /** Where it is. */
  readonly api: string;
  /** Of the repository there. */
  readonly owner: string;
  /** The repository there. */
  readonly repo: string;
  /** By which the key is found where its id isn't known. */
  readonly title: string;
  /** The forge's own name of it; null: the forge has not told it, so there may be none. */
  readonly id: string | null;
  /** Where the token comes from that removes it. */
  readonly token: CredentialSource;
  /** RFC 3339: when it was asked for. */
  readonly createdAt: string;
}

const tokenSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("env"),
    name: z.custom<EnvName>((name) => typeof name === "string" && parseEnvName(name) !== undefined),
  }),
  z.strictObject({ kind: z.literal("command"), argv: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal("file"), path: z.string().min(1) }),
]);

const recordSchema = z.strictObject({
  schema: z.literal(1),
  slug: z.custom<Slug>((slug) => typeof slug === "string" && isSlug(slug)),
  name: z.string().min(1),
  provider: z.enum(FORGES),
  api: z.string().refine(isSafeAddress),
  owner: z.string().min(1),
  repo: z.string().min(1),
  title: z.string().min(1),
  id: z.string().min(1).nullable(),
  token: tokenSchema,
  created_at: z.iso.datetime(),
});

/** The file's text. */
export function formatRecord({ createdAt, token, ...rest }: DeployKeyRecord): string {
  const source = token.kind === "command" ? { kind: token.kind, argv: token.argv } : token;
  return `${
    JSON.stringify({ schema: 1, ...rest, token: source, created_at: createdAt }, null, 2)
  }\n`;
}

/** @throws {BottleError} `record-corrupted`, with the file */
export function parseRecord(text: string, file: string): DeployKeyRecord {
  const parsed = recordSchema.safeParse(parseJson(text));
  if (parsed.success) {
    const { schema: _, created_at: createdAt, ...rest } = parsed.data;
    return { ...rest, createdAt };
  }
  throw new BottleError(`Cannot read what "${file}" says of a deploy key`, {
    code: "record-corrupted",
    hint: 'Look for keys that begin with "bot-bottle" at the forge, then remove the file',
    place: { file },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
