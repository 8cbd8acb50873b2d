/** Reading the JUnit files that `deno test --junit-path` writes. */

/** One test or step of a report. */
export interface TestCase {
  /** The test file, from the repository's root. */
  readonly file: string;
  /** The test's name; a step's is `test > step`. */
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Of a failed one: the error with its stack; empty otherwise. */
  readonly failure: string;
}

const CASE = /<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;
const FAILURE = /<(failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/;

/**
 * The cases of a report. Deno escapes `<`, `>`, `&` and quotes in text and attributes, so no tag can hide in them.
 *
 * @throws Error if the text is no JUnit report, or is cut off.
 */
export function parseJUnit(xml: string): TestCase[] {
  if (!/<testsuites\b/.test(xml) || !xml.trimEnd().endsWith("</testsuites>")) {
    throw new Error("Not a whole JUnit report");
  }
  return [...xml.matchAll(CASE)].map(([, head = "", body = ""]) => {
    const attributes = readAttributes(head);
    const failure = FAILURE.exec(body);
    const text = failure?.[3] ?? readAttributes(failure?.[2] ?? "").get("message") ?? "";
    return {
      file: (attributes.get("classname") ?? "").replace(/^\.\//, ""),
      name: attributes.get("name") ?? "",
      outcome: failure ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed",
      failure: unescapeXml(text),
    };
  });
}

function readAttributes(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = "", value = ""]) => [name, unescapeXml(value)]),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
