import assert from "node:assert/strict";
import {
  formatPlace,
  formatProblem,
  problemsError,
  quote,
} from "../../../../lib/manifest/problem.ts";

Deno.test("formatPlace leaves out what isn't known", () => {
  assert.equal(formatPlace({ file: "a.md", line: 3, column: 7 }), "a.md:3:7");
  assert.equal(formatPlace({ file: "a.md", line: 3 }), "a.md:3");
  assert.equal(formatPlace({ file: "<bottle a>" }), "<bottle a>");
  assert.equal(formatPlace({ file: "\x1b[2J/a.md", line: 1 }), "\\x1b[2J/a.md:1");
});

Deno.test("formatProblem puts the hint in parentheses", () => {
  const place = { file: "a.md" };
  assert.equal(formatProblem({ message: "Wrong", place }), "a.md: Wrong");
  assert.equal(
    formatProblem({ message: "Wrong", place, hint: "Mend it" }),
    "a.md: Wrong (Mend it)",
  );
});

Deno.test("quote escapes, shortens and hides", () => {
  assert.equal(quote("a\nb"), '"a\\nb"');
  assert.equal(quote("a\u202eb\x9b"), '"a\\u202eb\\x9b"');
  assert.equal(quote("x".repeat(200)).length, 82);
  assert.equal(quote(`AK${"IA"}IOSFODNN7EXAMPLE`), '"[hidden]"');
});

Deno.test("problemsError keeps the order of files, sorts by place, says nothing twice", () => {
  const error = problemsError('agent "a"', [
    { message: "B", place: { file: "z.md", line: 9, column: 1 } },
    { message: "A", place: { file: "z.md", line: 2, column: 5 } },
    { message: "A", place: { file: "z.md", line: 2, column: 5 } },
    { message: "D", place: { file: "a.md", line: 1, column: 1 } },
    { message: "C", place: { file: "a.md" } },
    { message: "E", place: { file: "z.md", line: 2, column: 1 } },
  ]);
  assert.equal(error.message, '5 problems in the manifests of agent "a"');
  assert.deepEqual(error.details, [
    "z.md:2:1: E",
    "z.md:2:5: A",
    "z.md:9:1: B",
    "a.md: C",
    "a.md:1:1: D",
  ]);
  assert.deepEqual(error.place, { file: "z.md", line: 2, column: 1 });
  assert.equal(error.code, "manifest-invalid");
});

Deno.test("problemsError drops what else is wrong with a value that looks like a credential", () => {
  const credential = {
    message: "This looks like a credential",
    place: { file: "a.md", line: 2, column: 6 },
    code: "manifest-credential",
  };
  const at = (line: number, column: number, file = "a.md"): string =>
    problemsError("x", [credential, { message: "Bad", place: { file, line, column } }]).message;
  assert.equal(at(2, 6), "This looks like a credential");
  assert.equal(at(2, 5), "This looks like a credential");
  assert.match(at(2, 4), /^2 problems/);
  assert.match(at(3, 6), /^2 problems/);
  assert.match(at(2, 6, "b.md"), /^2 problems/);
});

Deno.test("problemsError gives a single problem its own code, hint and place", () => {
  const place = { file: "a.md", line: 1, column: 1 };
  const error = problemsError("x", [{
    message: "Wrong",
    place,
    hint: "Mend it",
    code: "some-code",
  }]);
  assert.deepEqual([error.message, error.hint, error.code, error.place], [
    "Wrong",
    "Mend it",
    "some-code",
    place,
  ]);
  assert.equal(problemsError("x", [{ message: "Wrong", place }]).hint, undefined);
});

Deno.test("problemsError lists a hundred and counts the rest", () => {
  const problems = Array.from({ length: 250 }, (_, index) => ({
    message: `Wrong ${index}`,
    place: { file: "a.md", line: index + 1, column: 1 },
  }));
  const { message, details } = problemsError("x", problems);
  assert.match(message, /^250 problems/);
  assert.deepEqual([details.length, details.at(-1)], [101, "and 150 more"]);
});
