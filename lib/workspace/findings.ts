/** What the path check finds in the agent's commits. */

/** What a person may accept: links that lead out, submodules, names that other systems read otherwise. */
export type Acceptable = "links" | "submodules" | "names";

/** `unsafe` nobody can accept. */
export type FindingKind = Acceptable | "unsafe";

/** One thing that is wrong. */
export interface Finding {
  readonly kind: FindingKind;
  /** The agent's text: escape it before it is shown. */
  readonly path: string;
  /** Completes "it …". */
  readonly why: string;
}

/** All that `--accept` takes. */
export const acceptable: readonly Acceptable[] = ["links", "submodules", "names"];

/** More of a kind are not listed: one is enough to refuse. */
export const MAX_FINDINGS = 200;

/** Findings by kind and path, each once. */
export class Findings {
  /** Kind → path → finding. Each kind has room of its own: many that a person accepts must not hide one that nobody does. */
  readonly #all = new Map<FindingKind, Map<string, Finding>>();

  /** Remembers one, unless there are enough of its kind. */
  add(finding: Finding): void {
    const ofKind = this.#all.get(finding.kind) ?? new Map<string, Finding>();
    this.#all.set(finding.kind, ofKind);
    if (ofKind.size < MAX_FINDINGS) ofKind.set(finding.path, finding);
  }

  /** As a list, the worst first. */
  list(): readonly Finding[] {
    const rank = (finding: Finding): number => finding.kind === "unsafe" ? 0 : 1;
    return [...this.#all.values()].flatMap((ofKind) => [...ofKind.values()])
      .sort((a, b) => rank(a) - rank(b));
  }
}

/** Those that keep the work out. @param accepted what the person takes all the same */
export function blocking(
  findings: readonly Finding[],
  accepted: ReadonlySet<Acceptable>,
): readonly Finding[] {
  return findings.filter(({ kind }) => kind === "unsafe" || !accepted.has(kind));
}
