import assert from "node:assert/strict";
import type { Path } from "../../../../lib/manifest/value_tree.ts";
import { parseYaml } from "../../../../lib/manifest/yaml_tree.ts";

function read(text: string): unknown {
  const { tree, problems } = parseYaml(text, "x.md", 1);
  assert.deepEqual(problems, []);
  assert.ok(tree !== null);
  return tree.value;
}

function refuse(text: string): { message: string; at: string } {
  const { tree, problems } = parseYaml(text, "x.md", 1);
  assert.equal(tree, null, text.slice(0, 80));
  const [problem] = problems;
  assert.ok(problem);
  return { message: problem.message, at: `${problem.place.line}:${problem.place.column}` };
}

Deno.test("parseYaml reads YAML 1.2 core", () => {
  const cases: [text: string, value: unknown][] = [
    ["", {}],
    ["# nothing", {}],
    ["a: NO", { a: "NO" }],
    ["a: yes", { a: "yes" }],
    ["a: true", { a: true }],
    ["a: 0o17", { a: 15 }],
    ["a: 017", { a: 17 }],
    ["a: 1_000", { a: "1_000" }],
    ["a: 2026-01-02", { a: "2026-01-02" }],
    ["a: 12:30:45", { a: "12:30:45" }],
    ["a: ~", { a: null }],
    ["a:", { a: null }],
    ["a: [1, {b: c}]", { a: [1, { b: "c" }] }],
    ["a: |\n  x\n  y\n", { a: "x\ny\n" }],
    ["<<: {a: 1}", { "<<": { a: 1 } }],
    ["a: &x [1]\nb: *x", { a: [1], b: [1] }],
    ["a: &x v\nb: *x\nc: *x", { a: "v", b: "v", c: "v" }],
    ["- a\n- b", ["a", "b"]],
    ["text", "text"],
  ];
  for (const [text, value] of cases) assert.deepEqual(read(text), value, text);
});

Deno.test("parseYaml refuses what could mean two things, at its place", () => {
  const cases: [text: string, message: RegExp, at: string][] = [
    ["a: 1\na: 2", /twice/, "3:1"],
    ["a:\n  b: 1\n  b: 2", /twice/, "4:3"],
    ["a: !foo 1", /tag/, "2:9"],
    ["a: !!str 1", /tag/, "2:10"],
    ["a: !!binary aGk=", /tag/, "2:13"],
    ["a: !!js/function x", /tag/, "2:18"],
    ["!x a: 1", /key must be text/, "2:4"],
    ["a: *x", /no anchor/, "2:4"],
    ["a: &x\n  b: *x", /inside its own anchor/, "3:6"],
    ["a: &x [*x]", /inside its own anchor/, "2:8"],
    ["1: a", /key must be text/, "2:1"],
    ["true: a", /key must be text/, "2:1"],
    ["? [a]\n: b", /key must be text/, "2:3"],
    ["? {a: b}\n: c", /key must be text/, "2:3"],
    ["? &x a\n: b\n? *x\n: c", /./, "4:3"],
    ["__proto__: {a: 1}", /__proto__/, "2:1"],
    ["%YAML 1.1\na: yes", /missing/, "3:1"],
    ["a: b: c", /second colon/, "2:4"],
    ["a: [1", /bracket|indentation/, "2:6"],
    ["\ta: 1", /tab/, "2:1"],
    ["a: 1\nb\nc: 2", /missing/, "3:1"],
    ['a: "\\q"', /escape/, "2:5"],
    ["a: 1\n...\nb: 2", /second YAML document/, "4:1"],
    ["a: 'x", /missing/, "2:6"],
    ["a: @x", /valid YAML/, "2:4"],
  ];
  for (const [text, message, at] of cases) {
    const refused = refuse(text);
    assert.match(refused.message, message, text);
    assert.equal(refused.at, at, text);
  }
});

Deno.test("parseYaml never quotes the source in a problem", () => {
  const secret = "hunter2hunter2";
  for (
    const text of [
      `a: "${secret}\nb: ]`,
      `a: b: ${secret}`,
      `@${secret}`,
      `a: *${secret}`,
      `a: !${secret} x`,
    ]
  ) {
    assert.ok(!JSON.stringify(parseYaml(text, "x.md").problems).includes(secret), text);
  }
});

Deno.test("parseYaml bounds bombs: aliases, depth, values", () => {
  const laughs = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg"].map((pair) => [...pair])) {
    laughs.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(",")}]`);
  }
  assert.match(refuse(laughs.join("\n")).message, /too many|aliases/);
  assert.match(refuse(`a: &x 1\nb: [${Array(100).fill("*x").join(",")}]`).message, /64 aliases/);
  assert.match(refuse(`a: ${"[".repeat(40)}${"]".repeat(40)}`).message, /too deep/);
  assert.match(refuse("[".repeat(100_000)).message, /too deep|bracket/);
  assert.match(refuse(`a: [${"1,".repeat(30_000)}1]`).message, /too many/);
});

Deno.test("parseYaml lists no more than ten problems of one kind", () => {
  const { problems } = parseYaml(
    Array.from({ length: 50 }, (_, i) => `${i}: a`).join("\n"),
    "x.md",
  );
  assert.equal(problems.length, 10);
});

Deno.test("ValueTree.placeOf gives line and column of keys and values", () => {
  const { tree } = parseYaml(
    "a:\n  b:\n    - c: 1\n    - &x\n      d: 2\ne: *x\nf: {g: h}",
    "x.md",
    1,
  );
  assert.ok(tree);
  const cases: [path: Path, part: "key" | "value", place: string][] = [
    [["a"], "key", "2:1"],
    [["a", "b"], "key", "3:3"],
    [["a", "b"], "value", "4:5"],
    [["a", "b", 0, "c"], "value", "4:10"],
    [["a", "b", 1, "d"], "value", "6:10"],
    [["e"], "key", "7:1"],
    [["e"], "value", "7:4"],
    [["f", "g"], "value", "8:8"],
    [["f", "missing"], "value", "8:1"],
    [["missing", "deep"], "value", "2:1"],
    [[], "value", "2:1"],
  ];
  for (const [path, part, place] of cases) {
    const { file, line, column } = tree.placeOf(path, part);
    assert.equal(file, "x.md");
    assert.equal(`${line}:${column}`, place, JSON.stringify(path));
  }
});
