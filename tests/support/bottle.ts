/** A bottle that records what is asked of it, for tests of provisioning. */

import type { Bottle, ExecOptions, ExecResult, GuestEntry, GuestUser } from "../../lib/bottle.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import type { BottleEndpoints } from "../../lib/plan/endpoints.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";

/** One call of the bottle. */
export type BottleCall =
  | { readonly kind: "exec"; readonly argv: readonly string[]; readonly options: ExecOptions }
  | { readonly kind: "cpIn"; readonly as: GuestUser; readonly entries: readonly GuestEntry[] };

/** What {@linkcode fakeBottle} takes. */
export interface FakeBottleOptions {
  readonly plan: BottlePlan;
  readonly endpoints?: Partial<BottleEndpoints>;
  /** Answers an exec; default: exit 0, nothing said. */
  readonly exec?: (argv: readonly string[], options: ExecOptions) => Partial<ExecResult>;
  /** Called before a copy is recorded; may throw. */
  readonly cpIn?: (entries: readonly GuestEntry[], as: GuestUser) => void;
}

/** Records each call in `calls`, in the order of their beginnings. */
export function fakeBottle(
  { plan, endpoints, exec, cpIn }: FakeBottleOptions,
): Bottle & { readonly calls: BottleCall[] } {
  const calls: BottleCall[] = [];
  const refuse = (what: string) => (): never => {
    throw new Error(`the fake bottle has no ${what}`);
  };
  const control: ControlClient = {
    call: refuse("control channel"),
    audit: refuse("audit"),
    closed: Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return {
    calls,
    plan,
    control,
    promptPath: null,
    agentStart: { container: "a1", startedAt: "2026-01-02T03:04:05.6Z" },
    endpoints: {
      proxyUrl: "http://10.0.0.2:9099",
      gitGate: null,
      mcpUrl: null,
      noProxy: [],
      caPem: "",
      caSha256: "",
      ...endpoints,
    },
    exec: (argv, options = {}) => {
      calls.push({ kind: "exec", argv, options });
      return Promise.resolve({ code: 0, stdout: "", stderr: "", ...exec?.(argv, options) });
    },
    stream: refuse("streams"),
    attach: refuse("terminal"),
    cpIn: async (entries, as) => {
      await Promise.resolve();
      cpIn?.(entries, as);
      calls.push({ kind: "cpIn", as, entries });
    },
    cpOut: refuse("way out"),
    stop: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
