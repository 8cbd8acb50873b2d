/** Whether the limits that a bottle gets are really in force: a container is made with them and looked at. */

import { type LimitProbe, probeLimits } from "../../../backends/docker/probe.ts";
import { BottleError } from "../../../lib/errors.ts";
import { DEFAULT_RESOURCES } from "../../../lib/manifest/effective.ts";
import type { Resources } from "../../../lib/manifest/types.ts";
import { describeDropped, droppedLimits, type LimitName } from "../../../lib/plan/limits.ts";
import { sizeText } from "../../../lib/size_text.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { judgeHardening } from "../hardening.ts";
import { notChecked } from "../not_checked.ts";
import { probeOptions } from "../probe_options.ts";
import type { Check } from "../scene.ts";

/** The check. */
export const limits: Check = {
  name: "limits",
  run: async (scene, signal) => {
    const { docker } = scene;
    const options = await probeOptions(scene, signal);
    if (docker === null || options === null) return [notChecked(docker)];
    const { engine, info } = docker;
    try {
      const probe = await probeLimits(engine, DEFAULT_RESOURCES, options);
      return [
        ...judgeLimits(DEFAULT_RESOURCES, probe),
        ...judgeHardening(probe.inside, info.securityOptions),
      ];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof BottleError)) throw error;
      return [problem(
        `A container with a bottle's default limits does not start: ${error.message}`,
        "Write smaller ones in the bottle, like resources: { cpus: 1, memory: 2g }",
      )];
    }
  },
};

/** By the engine's word, and by the container's own cgroup files: the two may differ. */
export function judgeLimits(asked: Resources, probe: LimitProbe): readonly Finding[] {
  const inside = insideLimits(probe.inside);
  const facts = {
    asked: { cpus: asked.cpus, memory_bytes: asked.memoryBytes, pids: asked.pids },
    inside: { cpus: inside.cpus, memory_bytes: inside.memoryBytes, pids: inside.pids },
  };
  const dropped = new Set<LimitName>(droppedLimits(asked, probe.inspected));
  const said: Finding[] = [...dropped].map((limit) =>
    warning(describeDropped(limit), FIX[limit], facts)
  );
  for (const [limit, isHeld] of heldInside(asked, inside)) {
    if (dropped.has(limit)) continue;
    if (isHeld === null) {
      said.push(
        warning(`Can't tell from inside whether the limit "${limit}" holds`, FIX[limit], facts),
      );
    } else if (!isHeld) {
      said.push(problem(
        `The engine says that the limit "${limit}" is in force, and the container's own files say that it isn't`,
        FIX[limit],
        facts,
      ));
    }
  }
  if (said.length > 0) return said;
  const { cpus, memoryBytes, pids } = asked;
  return [
    ok(`In force: ${cpus} CPUs, ${sizeText(memoryBytes)} without swap, ${pids} processes`, facts),
  ];
}

const CGROUPS = "Have the engine's host delegate the cgroup controllers cpu, memory and pids to it";
const FIX: Readonly<Record<LimitName, string>> = {
  memory: CGROUPS,
  swap: "Turn swap accounting on (kernel parameter swapaccount=1), or swap off",
  cpus: CGROUPS,
  pids: CGROUPS,
};

interface Inside {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly pids: number | null;
}

/** Null: no such file, or nothing that is known in it. Infinite: it says that there is no limit. */
function insideLimits(inside: LimitProbe["inside"]): Inside {
  const one = (name: string): string => inside.get(name)?.join(" ").trim() ?? "";
  const number = (text: string): number | null => {
    if (text === "max" || text === "-1") return Infinity;
    return /^[0-9]{1,19}$/.test(text) ? Number(text) : null;
  };
  const [quota = "", period = ""] = one("cpu") === ""
    ? [one("cpu_quota"), one("cpu_period")]
    : one("cpu").split(" ");
  const share = number(quota);
  const every = number(period);
  return {
    cpus: share === null || every === null || every === 0 ? null : share / every,
    memoryBytes: number(one("memory")),
    pids: number(one("pids")),
  };
}

/** By limit: whether it holds; null: no figure to tell by. */
function heldInside(
  asked: Resources,
  { cpus, memoryBytes, pids }: Inside,
): readonly (readonly [LimitName, boolean | null])[] {
  // The kernel rounds memory down to pages, and a CPU's share to microseconds.
  return [
    ["memory", memoryBytes === null ? null : memoryBytes <= asked.memoryBytes],
    ["cpus", cpus === null ? null : cpus <= asked.cpus + 0.01],
    ["pids", pids === null ? null : pids <= asked.pids],
  ];
}
