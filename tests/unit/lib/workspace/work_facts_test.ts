import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { parseWorkHeader } from "../../../../lib/workspace/work_facts.ts";

const HEAD = "a".repeat(40);
const MORE = "b".repeat(40);

function header(change: Readonly<Record<string, string | null>> = {}): string {
  const fields: Record<string, string | null> = {
    state: "ok",
    head: HEAD,
    branch: "refs/heads/main",
    uncommitted: MORE,
    "left-out": "none",
    elsewhere: "3",
    bundle: "yes",
    ...change,
  };
  const lines = Object.entries(fields).flatMap(([key, value]) =>
    value === null ? [] : [`${key} ${value}`]
  );
  return ["bot-bottle-work 1", ...lines].join("\n");
}

Deno.test("parseWorkHeader reads what the script says", () => {
  assert.deepEqual(parseWorkHeader(header()), {
    hasBundle: true,
    facts: { head: HEAD, branch: "main", uncommitted: MORE, leftOut: "none", elsewhere: 3 },
  });
});

Deno.test("parseWorkHeader shows no branch that is none, or that a terminal could trip over", () => {
  for (
    const branch of [
      "",
      "refs/tags/x",
      "refs/heads/\x1b[31m",
      `refs/heads/${"x".repeat(201)}`,
      "refs/heads/a b",
    ]
  ) {
    assert.equal(parseWorkHeader(header({ branch })).facts.branch, null);
  }
});

Deno.test("parseWorkHeader says why there is no work", () => {
  for (const state of ["no-git", "no-folder", "no-repository", "no-commit", "no-space"]) {
    assert.throws(
      () => parseWorkHeader(`bot-bottle-work 1\nstate ${state}`),
      (error) =>
        error instanceof BottleError && error.code === "work-missing" && error.hint !== undefined,
    );
  }
});

const hostile: readonly string[] = [
  "",
  "hello",
  "bot-bottle-work 2\nstate ok",
  "bot-bottle-work 1",
  "bot-bottle-work 1\nstate maybe",
  `${header()}\nhead ${HEAD}`,
  `${header()}\nmore x`,
  header({ head: "HEAD" }),
  header({ head: `${HEAD}0` }),
  header({ head: null }),
  header({ uncommitted: "--upload-pack=x" }),
  header({ "left-out": "all" }),
  header({ elsewhere: "-1" }),
  header({ elsewhere: "1e9" }),
  header({ elsewhere: "99999999999" }),
  header({ bundle: "perhaps" }),
];

for (const text of hostile) {
  Deno.test(`parseWorkHeader refuses ${JSON.stringify(text.slice(0, 60))} (${text.length} characters)`, () => {
    assert.throws(
      () => parseWorkHeader(text),
      (error) => error instanceof BottleError && error.code === "work-unreadable",
    );
  });
}
