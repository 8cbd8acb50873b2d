/** `list`: what runs, what can be resumed, what is broken. */

import type { Backend, BottleMemory, BottleSummary } from "../../backends/backend.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { CorruptedState } from "../../lib/state/store.ts";
import { BottleError } from "../../lib/errors.ts";
import { findHomeId } from "../../lib/home_id.ts";
import type { Services } from "../command.ts";
import { isRestarted } from "./agent_start.ts";
import { knownKeys } from "./deploy_keys.ts";
import { type PendingKey, pendingKeys } from "./pending_keys.ts";

/** One line of `list`. Snake case: `--json` prints it. */
export interface ListedBottle {
  readonly slug: Slug;
  readonly agent: string | null;
  readonly bottle: string | null;
  readonly label: string | null;
  readonly state: BottleSummary["state"];
  readonly why: string | null;
  readonly created_at: string | null;
  /** Of the egress that runs now; null where none answers. */
  readonly requests: number | null;
  readonly blocked: number | null;
  /** The process that stays with it; null: none answers. */
  readonly keeper: { readonly pid: number; readonly since: string } | null;
  /** In use by its two containers now, in bytes, each null where it can't be told. The agent's is its own word. */
  readonly memory_bytes: { readonly agent: number | null; readonly bundle: number | null };
}

/** All bottles of the home. */
export interface Listing {
  readonly bottles: readonly ListedBottle[];
  readonly corrupted: readonly CorruptedState[];
  /** Of bottles that do not run: they could not be removed. */
  readonly pending_deploy_keys: readonly PendingKey[];
}

/** How long one bundle may take to tell its counters. */
const STATS_MS = 3000;

/** Puts together what the engine shows and what is remembered. */
export async function listBottles(services: Services): Promise<Listing> {
  const { context, states } = services;
  const backend = await services.backend();
  const [found, known] = await Promise.all([
    backend.list(await findHomeId(context.home), context.signal),
    states.all(),
  ]);
  const remembered = new Map(known.states.map((state) => [state.slug, state]));
  const [memory, asked] = await Promise.all([
    backend.memory(found, context.signal),
    Promise.all(found.map(async (summary) => {
      const state = remembered.get(summary.slug);
      const [stats, keeper] = await Promise.all([
        summary.state === "running"
          ? countersOf(backend, summary.slug, context.signal)
          : Promise.resolve(undefined),
        state === undefined ? Promise.resolve(null) : keeperOf(services, state.slug),
      ]);
      return { summary, state, stats, keeper };
    })),
  ]);
  const inEngine = asked.map(({ summary, state, stats, keeper }) =>
    listed(summary, state, stats, keeper, memory.get(summary.slug))
  );
  const seen = new Set(found.map((summary) => summary.slug));
  const gone = known.states.filter((state) => !seen.has(state.slug)).map(listedGone);
  const bottles = [...inEngine, ...gone].sort((a, b) => a.slug.localeCompare(b.slug));
  const { records } = await knownKeys(services);
  return {
    bottles,
    corrupted: known.corrupted,
    pending_deploy_keys: pendingKeys(
      records,
      known,
      found.filter(({ state }) => state !== "stopped").map(({ slug }) => slug),
    ),
  };
}

function listed(
  summary: BottleSummary,
  state: BottleState | undefined,
  stats: { readonly requests: number; readonly blocked: number } | undefined,
  keeper: ListedBottle["keeper"],
  memory: BottleMemory | undefined,
): ListedBottle {
  const isUnsealed = state !== undefined && isRestarted(summary, state);
  return {
    slug: summary.slug,
    agent: state?.agent ?? null,
    bottle: state?.bottle ?? null,
    label: state?.label ?? null,
    state: isUnsealed && summary.state === "running" ? "shut" : summary.state,
    why: isUnsealed ? RESTARTED : summary.why ?? whyWithout(summary, state, keeper),
    created_at: state?.created_at ?? summary.agent?.createdAt ?? null,
    requests: stats?.requests ?? null,
    blocked: stats?.blocked ?? null,
    keeper,
    memory_bytes: {
      agent: memory?.agentBytes ?? null,
      bundle: memory?.bundleBytes ?? null,
    },
  };
}

const RESTARTED = "its agent's container was started by hand, its network is not sealed: resume it";

function whyWithout(
  summary: BottleSummary,
  state: BottleState | undefined,
  keeper: ListedBottle["keeper"],
): string | null {
  if (state === undefined) return "nothing is remembered of it";
  if (summary.state !== "running" || state.phase === "launching" || keeper !== null) return null;
  return "it has lost its keeper: attach starts another";
}

async function keeperOf(services: Services, slug: Slug): Promise<ListedBottle["keeper"]> {
  try {
    const status = await services.keepers.ask(slug, "status", services.context.signal);
    return status === undefined ? null : { pid: status.pid, since: status.since };
  } catch (error) {
    // A door that can't be used is told of by the verbs that need it.
    if (error instanceof BottleError) return null;
    throw error;
  }
}

function listedGone(state: BottleState): ListedBottle {
  return {
    slug: state.slug,
    agent: state.agent,
    bottle: state.bottle,
    label: state.label,
    state: "broken",
    why: state.phase === "launching"
      ? "its launch did not end"
      : "its containers are gone from the engine",
    created_at: state.created_at,
    requests: null,
    blocked: null,
    keeper: null,
    memory_bytes: { agent: null, bundle: null },
  };
}

/** A bundle that does not answer has no counters to show, and must not hold up the others. */
async function countersOf(
  backend: Backend,
  slug: Slug,
  signal: AbortSignal,
): Promise<{ readonly requests: number; readonly blocked: number } | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(STATS_MS)]);
  try {
    await using control = await backend.control(slug, limit);
    return await control.call("stats", null, { signal: limit });
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
