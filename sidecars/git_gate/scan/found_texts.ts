/** Collects what was found in a push's texts, by their places. */

import { Buffer } from "node:buffer";
import type { KnownSecret } from "../../../lib/dlp/print_scanner.ts";
import type { Finding } from "../../../lib/dlp/scanner.ts";
import type { PushFinding } from "../../../lib/git_gate/push_record.ts";
import type { NewText } from "./new_lines.ts";
import type { TextPlace } from "./push_texts.ts";

/** In the place of a path, or a name, in which something was found. */
export const HIDDEN_NAME = "(hidden: something was found in it)";
/** The rule that the bottle's own credentials are told by. */
export const KNOWN_SECRET = "known-secret";

/** After so many nothing more is looked for: the push is refused anyway, by them or as it is not looked through. */
const ENOUGH = 1_000;

interface TextFinding {
  readonly place: TextPlace;
  readonly finding: Omit<PushFinding, "kind" | "path" | "object">;
}

interface KnownText {
  readonly place: TextPlace;
  readonly isNew: (line: number) => boolean;
}

/** Of one scan. */
export class FoundTexts {
  readonly #texts: KnownText[] = [];
  readonly #found: TextFinding[] = [];

  /** Takes note of a text. @returns its id */
  addText(place: TextPlace, text: NewText | undefined): number {
    this.#texts.push({ place, isNew: text?.isNew ?? (() => true) });
    return this.#texts.length - 1;
  }

  /** One of the bottle's own credentials is in it. */
  addKnown(id: number, { name, line }: KnownSecret): void {
    const what = `a credential of this bottle: ${name}`;
    this.#add(id, { rule: KNOWN_SECRET, what, line });
  }

  /** A rule found something, which counts if a new line has a part in it. */
  addFinding({ part, rule, what, line, endLine, isAllowedByComment }: Finding): void {
    const isNew = this.#texts[part]?.isNew ?? (() => true);
    for (let at = line; at <= endLine; at++) {
      if (!isNew(at)) continue;
      const byComment = isAllowedByComment ? { allowed_by_comment: true } : {};
      this.#add(part, { rule, what, line, ...byComment });
      return;
    }
  }

  /** Whether there is so much already that the rest does not matter. */
  get isEnough(): boolean {
    return this.#found.length >= ENOUGH;
  }

  /** Ids of the objects in which something was found. */
  get holders(): readonly string[] {
    return this.#found.map(({ place }) => place.holder).filter((id) => id !== "");
  }

  /**
   * All of them, fit to be shown: no name in it is one that something was found in, but for refs, which whoever
   * shows them hides.
   *
   * @param old objects that the upstream has: they don't count
   */
  findings(old: ReadonlySet<string>): readonly PushFinding[] {
    const counted = this.#found.filter(({ place }) => !old.has(place.holder));
    const bad = new Set(
      counted.filter(({ place }) => place.kind === "path" || place.kind === "ref")
        .map(({ place }) => place.path),
    );
    return counted.map(({ place: { kind, path, object }, finding }) => {
      const isHidden = kind === "path" || kind !== "ref" && path !== "" && bad.has(path);
      const isPath = kind === "file" || kind === "note";
      const shown = isPath ? Buffer.from(path, "latin1").toString("utf8") : path;
      const line = kind === "path" || kind === "ref" ? 0 : finding.line;
      return { ...finding, kind, path: isHidden ? HIDDEN_NAME : shown, line, object };
    });
  }

  #add(id: number, finding: TextFinding["finding"]): void {
    const place = this.#texts[id]?.place;
    if (place !== undefined) this.#found.push({ place, finding });
  }
}
