/** Whether the kernel takes the seal's rules, and by which tables. */

import { probeSeal } from "../../../backends/docker/probe.ts";
import { type Finding, ok, problem } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import { probeOptions } from "../probe_options.ts";
import type { Check } from "../scene.ts";

/** The check. */
export const seal: Check = {
  name: "seal",
  run: async (scene, signal) => {
    const options = await probeOptions(scene, signal);
    if (scene.docker === null || options === null) return [notChecked(scene.docker)];
    const { tables, told } = await probeSeal(scene.docker.engine, options);
    return [judgeSeal(tables, told)];
  },
};

/** @param told their words, where neither took the rules */
export function judgeSeal(tables: string | undefined, told: readonly string[]): Finding {
  return tables === undefined
    ? problem(
      `The kernel takes no rule that would seal a bottle: ${told.join("; ") || "it says nothing"}`,
      "Load nf_tables or ip_tables (iptable_filter) on the engine's host",
      { tables: null },
    )
    : ok(`The kernel takes the seal's rules, by ${tables}`, { tables });
}
