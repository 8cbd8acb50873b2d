/** `list`: what runs, what can be resumed, what is broken. */

import type { Backend, BottleMemory, BottleSummary } from "../../backends/backend.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottleState } from "../../lib/state/state.ts";
import type { CorruptedState } from "../../lib/state/store.ts";
import { findHomeId } from "../../lib/home_id.ts";
import type { Services } from "../command.ts";

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
  /** In use by its two containers now, in bytes, each null where it can't be told. The agent's is its own word. */
  readonly memory_bytes: { readonly agent: number | null; readonly bundle: number | null };
}

/** All bottles of the home. */
export interface Listing {
  readonly bottles: readonly ListedBottle[];
  readonly corrupted: readonly CorruptedState[];
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
  const [memory, counters] = await Promise.all([
    backend.memory(found, context.signal),
    Promise.all(
      found.map(async ({ slug, state }) =>
        state === "running" ? await countersOf(backend, slug, context.signal) : undefined
      ),
    ),
  ]);
  const inEngine = found.map((summary, at) => {
    const { slug } = summary;
    return listed(summary, remembered.get(slug), counters[at], memory.get(slug));
  });
  const seen = new Set(found.map((summary) => summary.slug));
  const gone = known.states.filter((state) => !seen.has(state.slug)).map(listedGone);
  const bottles = [...inEngine, ...gone].sort((a, b) => a.slug.localeCompare(b.slug));
  return { bottles, corrupted: known.corrupted };
}

function listed(
  summary: BottleSummary,
  state: BottleState | undefined,
  stats: { readonly requests: number; readonly blocked: number } | undefined,
  memory: BottleMemory | undefined,
): ListedBottle {
  return {
    slug: summary.slug,
    agent: state?.agent ?? null,
    bottle: state?.bottle ?? null,
    label: state?.label ?? null,
    state: summary.state,
    why: summary.why ?? (state === undefined ? "nothing is remembered of it" : null),
    created_at: state?.created_at ?? summary.agent?.createdAt ?? null,
    requests: stats?.requests ?? null,
    blocked: stats?.blocked ?? null,
    memory_bytes: {
      agent: memory?.agentBytes ?? null,
      bundle: memory?.bundleBytes ?? null,
    },
  };
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
