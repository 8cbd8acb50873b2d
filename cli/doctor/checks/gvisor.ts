/** Whether the engine has gVisor, and what is known of it. Its self-test is part of the check of the isolation. */

import { engineRuntimes } from "../../../backends/docker/engine_info.ts";
import type { EngineRuntimes } from "../../../lib/plan/runtime.ts";
import { type Finding, note, ok, warning } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import type { Check } from "../scene.ts";

/** How gVisor has to be registered (docs/adr/0012-gvisor-choice.md). */
export const REGISTER =
  "Register runsc with the engine, with the arguments --network=host --overlay2=none (docs/adr/0012-gvisor-choice.md)";

/** The check. */
export const gvisor: Check = {
  name: "gvisor",
  run: async ({ services: { context }, docker }) => {
    if (docker === null) return [notChecked(docker)];
    return judgeGvisor(await engineRuntimes(docker.info, context.home));
  },
};

/** What the engine lists, and what is remembered. */
export function judgeGvisor(runtimes: EngineRuntimes): readonly Finding[] {
  const facts = { runtimes: [...runtimes.names], default: runtimes.byDefault };
  return [judgeState(runtimes, facts), ...judgeFiles(runtimes)];
}

function judgeState({ gvisor }: EngineRuntimes, facts: Finding["facts"]): Finding {
  switch (gvisor.kind) {
    case "unlisted":
      return note(
        "The engine has no gVisor: agents share the host's kernel",
        `Optional. ${REGISTER}`,
        { ...facts, state: gvisor.kind },
      );
    case "untested":
      return note(
        "The engine has gVisor; no self-test is remembered",
        "Run doctor without --no-self-test: it makes one",
        { ...facts, state: gvisor.kind },
      );
    case "passed":
      return ok(`gVisor's self-test passed on ${gvisor.testedAt.slice(0, 10)}: bottles use it`, {
        ...facts,
        state: gvisor.kind,
        tested_at: gvisor.testedAt,
      });
    case "failed":
      return warning(
        `gVisor's self-test of ${
          gvisor.testedAt.slice(0, 10)
        } failed, and bottles don't use it: ${gvisor.why}`,
        REGISTER,
        { ...facts, state: gvisor.kind, tested_at: gvisor.testedAt },
      );
    default:
      return gvisor satisfies never;
  }
}

function judgeFiles({ gvisor, keepsFiles }: EngineRuntimes): readonly Finding[] {
  if (gvisor.kind === "unlisted" || keepsFiles) return [];
  return [note(
    "gVisor is not registered with --overlay2=none: what an agent writes is gone when its bottle stops",
    REGISTER,
  )];
}
