/** The lines of git's patches, told apart: a removed line may look like a header. */

/** What a line is. */
export type DiffLineKind = "header" | "hunk" | "added" | "removed" | "plain";

const HUNK = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Tells the lines of one `git diff` apart, in their order. */
export class DiffLines {
  #old = 0;
  #new = 0;

  /** The kind of the next line, which has no line end. */
  kindOf(line: string): DiffLineKind {
    const isInHunk = this.#old > 0 || this.#new > 0;
    if (!isInHunk) return this.#outside(line);
    switch (line[0]) {
      case "+":
        this.#new--;
        return "added";
      case "-":
        this.#old--;
        return "removed";
      case "\\":
        return "plain";
      default:
        this.#old--;
        this.#new--;
        return "plain";
    }
  }

  #outside(line: string): DiffLineKind {
    const [hunk, old = "1", next = "1"] = HUNK.exec(line) ?? [];
    if (hunk === undefined) return line.startsWith("\\") ? "plain" : "header";
    this.#old = Number(old);
    this.#new = Number(next);
    return "hunk";
  }
}
