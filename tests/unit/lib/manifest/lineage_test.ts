import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { type Kin, type Lineage, orderLineage } from "../../../../lib/manifest/lineage.ts";

type Graph = Readonly<Record<string, readonly string[]>>;

function order(graph: Graph, root: string): Lineage<Kin> {
  const kin = new Map(
    Object.entries(graph).map(([name, parents]): [string, Kin] => [name, {
      name,
      parents: parents.map((value, index) => ({
        value,
        place: { file: `${name}.md`, line: 2, column: index + 1 },
      })),
    }]),
  );
  const start = kin.get(root);
  assert.ok(start);
  return orderLineage(start, kin, [...kin.keys()]);
}

function names(lineage: Lineage<Kin>): string[] {
  return lineage.order.map((bottle) => bottle.name);
}

Deno.test("orderLineage folds parents left to right, the bottle last", () => {
  const cases: [graph: Graph, root: string, expected: string[]][] = [
    [{ a: [] }, "a", ["a"]],
    [{ a: ["b", "c"], b: [], c: [] }, "a", ["b", "c", "a"]],
    [{ a: ["b"], b: ["c"], c: [] }, "a", ["c", "b", "a"]],
    [{ a: ["b", "c"], b: ["base"], c: ["base"], base: [] }, "a", ["base", "b", "c", "a"]],
    [{ a: ["b", "base"], b: ["base"], base: [] }, "a", ["base", "b", "a"]],
    [{ a: ["b", "b"], b: [] }, "a", ["b", "a"]],
    [{ a: [], other: ["other"] }, "a", ["a"]],
  ];
  for (const [graph, root, expected] of cases) {
    const lineage = order(graph, root);
    assert.deepEqual(names(lineage), expected);
    assert.deepEqual(lineage.problems, []);
  }
});

Deno.test("orderLineage prints the chain of what can't be", () => {
  const cases: [graph: Graph, root: string, message: string, code: string][] = [
    [{ a: ["a"] }, "a", 'Bottle "a" extends itself: a -> a', "manifest-cycle"],
    [{ a: ["b"], b: ["b"] }, "a", 'Bottle "b" extends itself: a -> b -> b', "manifest-cycle"],
    [
      { a: ["b"], b: ["a"] },
      "a",
      '"extends" goes round in a circle: a -> b -> a',
      "manifest-cycle",
    ],
    [
      { a: ["b"], b: ["c"], c: ["b"] },
      "a",
      '"extends" goes round in a circle: a -> b -> c -> b',
      "manifest-cycle",
    ],
    [
      { a: ["b"], b: ["nope"] },
      "a",
      'No bottle "nope" to extend: a -> b -> nope',
      "bottle-unknown",
    ],
  ];
  for (const [graph, root, message, code] of cases) {
    const { problems } = order(graph, root);
    assert.deepEqual(problems.map((problem) => problem.message), [message]);
    assert.equal(problems[0]?.code, code);
  }
});

Deno.test("orderLineage names the nearest bottle and the place of the mention", () => {
  const { problems } = order({ dev: ["githb"], github: [] }, "dev");
  assert.equal(problems[0]?.hint, 'Did you mean "github"?');
  assert.deepEqual(problems[0]?.place, { file: "dev.md", line: 2, column: 1 });
});

Deno.test("orderLineage reports every circle and every unknown at once", () => {
  const { problems } = order({ a: ["a", "b", "nope"], b: ["a"] }, "a");
  assert.equal(problems.length, 3);
});

/** Any graph over ten names; edges only to later names make it free of circles. */
const size = 10;
const nodes = Array.from({ length: size }, (_, index) => `n${index}`);
function graphs(isAcyclic: boolean): fc.Arbitrary<Graph> {
  const parents = nodes.map((_, index) => {
    const choice = isAcyclic ? nodes.slice(index + 1) : nodes;
    return choice.length === 0
      ? fc.constant([])
      : fc.uniqueArray(fc.constantFrom(...choice), { maxLength: 4 });
  });
  return fc.tuple(...parents).map((lists) =>
    Object.fromEntries(nodes.map((name, index) => [name, lists[index] ?? []]))
  );
}

Deno.test("orderLineage puts every file once, parents before children, siblings in order", () => {
  fc.assert(fc.property(graphs(true), (graph) => {
    const lineage = order(graph, "n0");
    const found = names(lineage);
    assert.deepEqual(lineage.problems, []);
    assert.equal(new Set(found).size, found.length);
    assert.equal(found.at(-1), "n0");
    for (const child of found) {
      for (const parent of graph[child] ?? []) {
        assert.ok(found.indexOf(parent) < found.indexOf(child), `${parent} before ${child}`);
      }
    }
    const reachable = new Set<string>();
    const walk = (name: string): void => {
      reachable.add(name);
      for (const parent of graph[name] ?? []) walk(parent);
    };
    walk("n0");
    assert.deepEqual(new Set(found), reachable);
  }));
});

Deno.test("orderLineage ends on any graph, and finds a circle exactly where there is one", () => {
  fc.assert(fc.property(graphs(false), (graph) => {
    const { problems } = order(graph, "n0");
    assert.equal(problems.length > 0, hasCircle(graph, "n0"));
    for (const { message } of problems) {
      const chain = message.split(": ").at(-1)?.split(" -> ") ?? [];
      assert.equal(chain[0], "n0");
      assert.ok(chain.indexOf(chain.at(-1) ?? "") < chain.length - 1, message);
      chain.slice(1).forEach((name, index) => {
        assert.ok(graph[chain[index] ?? ""]?.includes(name), `${message}: a link that isn't there`);
      });
    }
  }));
});

/** An independent opinion: some reachable node reaches itself. */
function hasCircle(graph: Graph, root: string): boolean {
  const below = (name: string): Set<string> => {
    const seen = new Set<string>();
    const waiting = [...graph[name] ?? []];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...graph[next] ?? []);
    }
    return seen;
  };
  return [root, ...below(root)].some((name) => below(name).has(name));
}
