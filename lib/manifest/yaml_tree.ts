/** YAML 1.2 core into a {@linkcode ValueTree}: no tags, keys are text, aliases bounded. */

import type { SourcePlace } from "../errors.ts";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "../deps/yaml.ts";
import type { Problem } from "./problem.ts";
import type { Path, ValueTree } from "./value_tree.ts";

/** Values of one file, aliases counted as often as they are used: a bomb ends here. */
const MAX_VALUES = 20_000;
const MAX_ALIASES = 64;
const MAX_DEPTH = 32;

/**
 * The parser's own messages quote the source, which may hold a credential: these stand for them.
 * Codes: `ErrorCode` of the package yaml.
 */
const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "A key stands twice in the same map",
  BAD_INDENT: "The indentation is off, or a bracket is not closed",
  TAB_AS_INDENT: "A tab can't indent in YAML",
  MISSING_CHAR: "A character is missing, such as a quote, a comma, a colon or a space after it",
  BLOCK_AS_IMPLICIT_KEY: "A second colon makes a map inside a line",
  MULTILINE_IMPLICIT_KEY: "A line without a colon stands where a key is expected",
  MULTIPLE_DOCS: "A second YAML document begins here",
  RESOURCE_EXHAUSTION: "The values are nested too deep",
  BAD_DQ_ESCAPE: "An escape in double quotes is not one of YAML's",
};

/** What came out: a tree, or why there is none. */
export type YamlResult =
  | { readonly tree: ValueTree; readonly problems: readonly [] }
  | { readonly tree: null; readonly problems: readonly Problem[] };

/**
 * @param text the YAML
 * @param file for places
 * @param linesBefore lines of the file before the YAML's first
 */
export function parseYaml(text: string, file: string, linesBefore = 0): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    version: "1.2",
    uniqueKeys: true,
    // Not "silent": that would hide a second document.
    logLevel: "error",
  });
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line) + linesBefore, column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      message: MESSAGES[error.code] ?? "This is not valid YAML",
      place: placeAt(error.pos[0]),
    }));
    // One slip makes the parser stumble many times more: those that follow from the first say nothing new.
    return { tree: null, problems: problems.slice(0, 3) };
  }
  return new Reader(document, placeAt).read();
}

interface Offsets {
  readonly key: number;
  readonly value: number;
}

/** Turns nodes into plain values, and notes where each was. */
class Reader {
  readonly #document: Document;
  readonly #placeAt: (offset: number) => SourcePlace;
  readonly #offsets = new Map<string, Offsets>();
  readonly #problems: Problem[] = [];
  readonly #open = new Set<Node>();
  #values = 0;
  #aliases = 0;

  constructor(document: Document, placeAt: (offset: number) => SourcePlace) {
    this.#document = document;
    this.#placeAt = placeAt;
  }

  read(): YamlResult {
    const { contents } = this.#document;
    // An empty frontmatter says nothing, and that is a map without keys.
    const value = contents === null ? {} : this.#value(contents, []);
    if (this.#problems.length > 0) return { tree: null, problems: this.#problems };
    return { tree: { value: value ?? {}, placeOf: this.#placeOf }, problems: [] };
  }

  readonly #placeOf = (path: Path, part: "key" | "value" = "value"): SourcePlace => {
    for (let length = path.length; length >= 0; length--) {
      const offsets = this.#offsets.get(JSON.stringify(path.slice(0, length)));
      if (offsets === undefined) continue;
      const isWhole = length === path.length;
      return this.#placeAt(isWhole && part === "value" ? offsets.value : offsets.key);
    }
    return this.#placeAt(0);
  };

  #value(node: unknown, path: Path, keyOffset?: number): unknown {
    if (!isAlias(node) && !isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    const offset = node.range?.[0] ?? 0;
    this.#offsets.set(JSON.stringify(path), { key: keyOffset ?? offset, value: offset });
    this.#values++;
    if (this.#values > MAX_VALUES || path.length > MAX_DEPTH) {
      return this.#refuse(offset, "The values are too many or nested too deep");
    }
    if (isAlias(node)) return this.#alias(node, path, offset);
    if (node.tag !== undefined) {
      return this.#refuse(offset, "A tag is not allowed here", "Leave out what begins with `!`");
    }
    if (isScalar(node)) return node.value;
    this.#open.add(node);
    const value = isSeq(node)
      ? node.items.map((item, index) => this.#value(item, [...path, index]))
      : Object.fromEntries(node.items.flatMap((pair) => this.#pair(pair, path)));
    this.#open.delete(node);
    return value;
  }

  #pair(pair: Pair, path: Path): readonly (readonly [string, unknown])[] {
    const { key } = pair;
    const offset = isScalar(key) ? key.range?.[0] ?? 0 : 0;
    if (!isScalar(key) || typeof key.value !== "string" || key.tag !== undefined) {
      const place = isScalar(key) || isMap(key) || isSeq(key) || isAlias(key)
        ? key.range?.[0] ?? offset
        : offset;
      this.#refuse(place, "A key must be text", "Put it in quotes");
      return [];
    }
    if (key.value === "__proto__") {
      this.#refuse(offset, 'The key "__proto__" is not allowed');
      return [];
    }
    return [[key.value, this.#value(pair.value, [...path, key.value], offset)]];
  }

  #alias(node: Node, path: Path, offset: number): unknown {
    const target = isAlias(node) ? node.resolve(this.#document) : undefined;
    this.#aliases++;
    if (this.#aliases > MAX_ALIASES) {
      return this.#refuse(offset, `More than ${MAX_ALIASES} aliases`, "Write the values out");
    }
    if (target === undefined) {
      return this.#refuse(offset, "This alias has no anchor before it");
    }
    if (this.#open.has(target)) {
      return this.#refuse(offset, "This alias stands inside its own anchor");
    }
    const own = this.#offsets.get(JSON.stringify(path)) ?? { key: offset, value: offset };
    const value = this.#value(target, path);
    this.#offsets.set(JSON.stringify(path), own);
    return value;
  }

  #refuse(offset: number, message: string, hint?: string): null {
    if (this.#problems.length < 10) {
      const place = this.#placeAt(offset);
      this.#problems.push(hint === undefined ? { message, place } : { message, place, hint });
    }
    return null;
  }
}
