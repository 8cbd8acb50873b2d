/** Splits a Markdown file into its YAML frontmatter and its body. */

/** The two parts of a manifest. */
export interface Frontmatter {
  /** What stands between the fences. */
  readonly yaml: string;
  /** Lines of the file before the first line of `yaml`: 1. */
  readonly linesBefore: number;
  /** What follows the second fence, line ends as `\n`, without blank lines around it. */
  readonly body: string;
}

/** Why a file has no frontmatter that could be read. */
export interface FrontmatterProblem {
  readonly message: string;
  readonly line: number;
  readonly hint: string;
}

const FENCE = /^---[ \t]*$/;

/**
 * The first line must be `---` (a byte order mark may stand before it), and a later line closes it. Takes `\n` and
 * `\r\n`.
 *
 * @example
 * ```ts
 * import { splitFrontmatter } from "./frontmatter.ts";
 * const parts = splitFrontmatter("---\nbottle: dev\n---\nBe careful\n");
 * if (!("yaml" in parts) || parts.body !== "Be careful") throw new Error();
 * ```
 */
export function splitFrontmatter(text: string): Frontmatter | FrontmatterProblem {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (!FENCE.test(lines[0] ?? "")) {
    return {
      message: "The file does not begin with frontmatter",
      line: 1,
      hint: "Make `---` the first line, the keys after it, and close with another `---`",
    };
  }
  const end = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (end < 0) {
    return {
      message: "The frontmatter is not closed",
      line: lines.length,
      hint: "Write a line `---` after the last key",
    };
  }
  return {
    yaml: lines.slice(1, end).join("\n"),
    linesBefore: 1,
    body: lines.slice(end + 1).join("\n").replace(/^(?:[ \t]*\n)+/, "").trimEnd(),
  };
}
