/** A manifest as a tree and a body, from a file's text or from a program's object. */

import type { SourcePlace } from "../errors.ts";
import { findCredentials, looksLikeCredential } from "./credential_shape.ts";
import { splitFrontmatter } from "./frontmatter.ts";
import { CREDENTIAL, type Problem } from "./problem.ts";
import { objectTree, type ValueTree } from "./value_tree.ts";
import { parseYaml } from "./yaml_tree.ts";

/** A file with more of them is a list of them: naming the first few says it all. */
const MAX_CREDENTIALS = 20;

/** What the schemas get. `tree` is null if there was nothing to read. */
export interface ManifestDocument {
  readonly file: string;
  readonly tree: ValueTree | null;
  readonly body: string;
  readonly problems: readonly Problem[];
}

/** Reads a file's text. Credentials are looked for in all of it: comments and prompts are no place for one either. */
export function parseDocumentText(text: string, file: string): ManifestDocument {
  const credentials = findCredentials(text).slice(0, MAX_CREDENTIALS).map((offset) =>
    credentialAt(placeAt(text, offset, file))
  );
  const parts = splitFrontmatter(text);
  if (!("yaml" in parts)) {
    const { message, line, hint } = parts;
    const problem = { message, hint, place: { file, line, column: 1 } };
    return { file, tree: null, body: "", problems: [...credentials, problem] };
  }
  const { tree, problems } = parseYaml(parts.yaml, file, parts.linesBefore);
  return { file, tree, body: parts.body, problems: [...credentials, ...problems] };
}

/** A program's object; `name` stands where a file's path would. */
export function documentFromObject(value: unknown, body: string, name: string): ManifestDocument {
  const found = [body, ...listTexts(value)].some(looksLikeCredential);
  return {
    file: name,
    tree: objectTree(value, name),
    body,
    problems: found ? [credentialAt({ file: name })] : [],
  };
}

/** All texts in a value, keys too; no deeper than any schema goes. */
function listTexts(value: unknown, depth = 0): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || depth > 16) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...listTexts(part, depth + 1)]);
}

function credentialAt(place: SourcePlace): Problem {
  return {
    message: "This looks like a credential",
    place,
    hint:
      "Put it into a variable of your shell, and write that variable's name here; then revoke it " +
      "if the file was ever shared",
    code: CREDENTIAL,
  };
}

function placeAt(text: string, offset: number, file: string): SourcePlace {
  const before = text.slice(0, offset);
  return {
    file,
    line: before.split("\n").length,
    column: offset - (before.lastIndexOf("\n") + 1) + 1,
  };
}
