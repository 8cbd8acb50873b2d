/** What is remembered of a bottle between two commands: enough to prepare it again, and never a secret. */

import { BottleError } from "../errors.ts";
import type { RouteChange } from "../egress/route/route_change.ts";
import { parseSlug, type Slug } from "../names.ts";
import { z } from "../deps/zod.ts";
import { migrateState } from "./migrate.ts";
import { routeChangesSchema } from "./route_changes.ts";
import { isOid } from "../workspace/types.ts";

/** The version of the format below. Older ones are read as this one; a newer one is not read. */
export const STATE_SCHEMA = 2;

const lastSession = z.strictObject({
  /** RFC 3339. */
  ended_at: z.iso.datetime(),
  exit_code: z.int().min(0).max(255),
  /** Who ended it: the agent by ending, or this program (a limit, Ctrl-C, a failure). */
  by: z.enum(["agent", "bot-bottle"]),
});

const workspaceWork = z.strictObject({
  collected_at: z.iso.datetime(),
  head: z.string().refine(isOid),
  branch: z.string().max(200).nullable(),
  /** A commit on top of `head` with what was not committed. */
  uncommitted: z.string().refine(isOid).nullable(),
  left_out: z.enum(["none", "some", "too-big", "failed"]),
  /** Commits that only other branches or the stash have. */
  elsewhere: z.int().min(0),
  /** Size of `work.bundle`; null: there is none, for the person has all. */
  bytes: z.int().min(0).nullable(),
});

/** A bottle's workspace, as its state and its archive have it. */
export const workspaceSchema = z.strictObject({
  /** The person's work tree, absolute. */
  folder: z.string().min(1),
  branch: z.string().min(1).nullable(),
  base: z.string().refine(isOid),
  include: z.array(z.string()),
  is_shallow: z.boolean(),
  /** Where the work tree lies in the guest. */
  guest_folder: z.string().min(1),
  /** What `fetch` brought back last. */
  fetched: z.string().refine(isOid).nullable(),
  /** How the agent's work stood when it was collected last; the guest's word. */
  work: workspaceWork.nullable(),
});

const stateSchema = z.strictObject({
  schema: z.literal(STATE_SCHEMA),
  slug: z.string(),
  agent: z.string().min(1),
  /** `--bottle`, where one was given. */
  bottle: z.string().min(1).nullable(),
  label: z.string().nullable(),
  backend: z.literal("docker"),
  /** Where it was started: agents of a repository are found from there. */
  cwd: z.string().min(1),
  bundle_networks: z.array(
    z.strictObject({ name: z.string().min(1), hosts: z.array(z.string()) }),
  ),
  /** `--image`. */
  image: z.string().min(1).nullable(),
  /** What its container was made from: a tag of ours or a reference; null where nobody noted it. */
  image_used: z.string().min(1).nullable(),
  /** What the provider's credential was planned as, for going into a running bottle without asking for it. */
  credential_type: z.enum(["oauth_token", "api_key"]).nullable(),
  /** The runtime that the container was made with; null: what was the engine's own. */
  runtime: z.enum(["runc", "runsc"]).nullable(),
  workspace: workspaceSchema.nullable(),
  /** What `allow` and `deny` changed of its routes, oldest first. */
  route_changes: routeChangesSchema,
  /** Paths of the guest that the agent program writes its sessions to. */
  transcript_paths: z.array(z.string().startsWith("/")),
  keep: z.boolean(),
  created_at: z.iso.datetime(),
  /** `launching` in a file that nobody works on: the launch died, `cleanup` removes what it left. */
  phase: z.enum(["launching", "running", "stopped"]),
  /** How often the agent program was started with the person's terminal. */
  sessions: z.int().min(0),
  /** SHA-256 over what the person said yes to; `resume` asks again if it has changed. */
  consent: z.string().regex(/^[0-9a-f]{64}$/),
  last: lastSession.nullable(),
  /** Which start of the agent's container was sealed; null before its launch is done. */
  agent_start: z.strictObject({
    container: z.string().min(1),
    /** As the engine writes it. */
    started_at: z.string().min(1),
  }).nullable(),
});

/** One bottle's `state.json`. Snake case: it is JSON of ours. */
export type BottleState = Readonly<Omit<z.infer<typeof stateSchema>, "slug" | "route_changes">> & {
  readonly slug: Slug;
  readonly route_changes: readonly RouteChange[];
};

/**
 * Parses the text of a `state.json`.
 *
 * @throws {BottleError} `state-corrupted` with the file, if it is not JSON of this format
 */
export function parseState(text: string, file: string): BottleState {
  const parsed = stateSchema.safeParse(migrateState(parseJson(text, file)));
  if (parsed.success) return { ...parsed.data, slug: parseSlug(parsed.data.slug) };
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw corrupted(file, `${where}${issue?.message ?? "not a state"}`);
}

/** The text of a state, as it is written. */
export function formatState(state: BottleState): string {
  return `${JSON.stringify(state, null, 2)}\n`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupted(file, text === "" ? "the file is empty" : "not JSON");
  }
}

/** The error for a state that can't be read. */
export function corrupted(file: string, why: string): BottleError {
  return new BottleError(`Cannot read the state in "${file}": ${why}`, {
    code: "state-corrupted",
    hint: "`bot-bottle cleanup` removes it, with what the bottle left in the engine",
    place: { file },
  });
}
