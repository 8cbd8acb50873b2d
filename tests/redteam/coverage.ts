/** Which line of the threat list has which cases. */

import { credentialGroups } from "./egress/credentials/all.ts";
import { credentialTests } from "./egress/credentials/tests.ts";
import type { Covered, Group } from "./egress/case.ts";
import { httpGroups } from "./egress/http/all.ts";
import { httpTests } from "./egress/http/tests.ts";
import { nameGroups } from "./egress/names/all.ts";
import { nameTests } from "./egress/names/tests.ts";
import { inBottles } from "./in_bottles.ts";
import { credentials, http, names, type Threat } from "./threats.ts";

/** A line, and how many cases it has: against the proxy alone, and in a real bottle. */
export interface Count {
  readonly threat: Threat;
  readonly proxy: number;
  readonly bottle: number;
}

/** A section of the list. */
export interface Section {
  readonly title: string;
  readonly counts: readonly Count[];
}

/** All cases that run against the proxy. */
export function proxyCases(): readonly Covered[] {
  const groups: readonly Group[] = [...nameGroups, ...httpGroups, ...credentialGroups];
  return [
    ...groups.flatMap(({ cases }) => cases),
    ...[...nameTests, ...httpTests, ...credentialTests],
  ];
}

/** The table of lines and cases. */
export function countCases(cases: readonly Covered[] = proxyCases()): readonly Section[] {
  const of = (threat: Threat): Count => ({
    threat,
    proxy: cases.filter(({ line }) => line === threat.id).length,
    bottle: inBottles.filter(({ line }) => line === threat.id).length,
  });
  return [
    { title: "Names and addresses", counts: names.map(of) },
    { title: "HTTP", counts: http.map(of) },
    { title: "Credentials", counts: credentials.map(of) },
  ];
}

/** Lines that nobody attacks. */
export function missing(sections: readonly Section[]): readonly string[] {
  return sections.flatMap(({ counts }) =>
    counts.filter(({ proxy, bottle }) => proxy + bottle === 0).map(({ threat }) => threat.id)
  );
}

/** Cases that are there twice: the second would prove nothing. */
export function repeated(cases: readonly Covered[]): readonly string[] {
  const names = cases.map(({ line, technique, place }) => `${line}: ${technique} (${place})`);
  return names.filter((name, at) => names.indexOf(name) !== at);
}

/** A line for each, and the sums. */
export function printTable(sections: readonly Section[]): readonly string[] {
  const lines = sections.flatMap(({ title, counts }) => [
    "",
    title,
    ...counts.map(({ threat, proxy, bottle }) =>
      `  ${threat.id.padEnd(22)}${String(proxy).padStart(4)}${
        bottle === 0 ? "     " : ` +${String(bottle).padStart(3)}`
      }  ${threat.title}`
    ),
  ]);
  const all = sections.flatMap(({ counts }) => counts);
  const sum = (key: "proxy" | "bottle"): number => all.reduce((to, one) => to + one[key], 0);
  return [...lines, "", `${sum("proxy")} cases on the proxy, ${sum("bottle")} in a bottle`];
}
