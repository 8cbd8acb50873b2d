import assert from "node:assert/strict";
import { fc } from "../../../../lib/deps/fast_check.ts";
import type { BottleLayer } from "../../../../lib/manifest/bottle_file.ts";
import { foldLayers } from "../../../../lib/manifest/fold.ts";
import type { EnvValue, ManifestRoute, Sourced } from "../../../../lib/manifest/types.ts";

function at<T>(file: string, value: T): Sourced<T> {
  return { value, place: { file } };
}

function env(file: string, values: Record<string, string>): Pick<BottleLayer, "env"> {
  return {
    env: new Map(
      Object.entries(values).map(([name, value]): [string, Sourced<EnvValue>] => [
        name,
        at(file, { kind: "literal", value }),
      ]),
    ),
  };
}

function routes(file: string, ...list: ManifestRoute[]): Pick<BottleLayer, "routes"> {
  return { routes: list.map((route) => at(file, route)) };
}

function literals(layer: BottleLayer): Record<string, string> {
  return Object.fromEntries(
    [...layer.env ?? []].map((
      [name, { value }],
    ) => [name, value.kind === "literal" ? value.value : "?"]),
  );
}

Deno.test("foldLayers merges env by name, the later one wins", () => {
  const folded = foldLayers([env("a", { X: "1", Y: "1" }), {}, env("b", { Y: "2", Z: "2" })]);
  assert.deepEqual(literals(folded), { X: "1", Y: "2", Z: "2" });
  assert.equal(folded.env?.get("X")?.place.file, "a");
  assert.equal(folded.env?.get("Y")?.place.file, "b");
});

Deno.test("foldLayers unites routes by host, the later one whole", () => {
  const folded = foldLayers([
    routes("a", { host: "x.example", ports: [1] }, { host: "y.example" }),
    routes("b", { host: "x.example", allow_private: true }, { host: "z.example" }),
  ]);
  assert.deepEqual(folded.routes?.map((route) => route.value), [
    { host: "x.example", allow_private: true },
    { host: "y.example" },
    { host: "z.example" },
  ]);
});

Deno.test("foldLayers merges resources and the git user by key", () => {
  const folded = foldLayers([
    {
      resources: { cpus: at("a", 1), pids: at("a", 100) },
      gitUser: { name: at("a", "A"), email: at("a", "a@a") },
    },
    { resources: { cpus: at("b", 2) }, gitUser: { name: at("b", "B") } },
  ]);
  assert.deepEqual(folded.resources, { cpus: at("b", 2), pids: at("a", 100) });
  assert.deepEqual(folded.gitUser, { name: at("b", "B"), email: at("a", "a@a") });
});

Deno.test("foldLayers takes the provider whole, and scalars from the last one that says them", () => {
  const folded = foldLayers([
    { provider: at("a", { template: "claude" }), log: at("a", "off"), supervise: at("a", false) },
    { provider: at("b", { template: "scripted" }) },
  ]);
  assert.deepEqual(folded.provider, at("b", { template: "scripted" }));
  assert.deepEqual(folded.log, at("a", "off"));
  assert.deepEqual(folded.supervise, at("a", false));
});

Deno.test("foldLayers clears by an explicit empty map or list, and later layers add again", () => {
  const full: BottleLayer = {
    ...env("a", { X: "1" }),
    ...routes("a", { host: "x.example" }),
    gitUser: { name: at("a", "A") },
    resources: { cpus: at("a", 1) },
  };
  const empty: BottleLayer = { env: new Map(), routes: [], gitUser: {}, resources: {} };
  assert.deepEqual(foldLayers([full, empty]), empty);
  const again = foldLayers([full, empty, env("c", { Z: "3" })]);
  assert.deepEqual(literals(again), { Z: "3" });
});

const layers = fc.array(
  fc.option(
    fc.dictionary(fc.constantFrom("A", "B", "C", "D"), fc.string(), { noNullPrototype: true }),
    { nil: undefined },
  )
    .map((values): BottleLayer => values === undefined ? {} : env("f", values)),
  { maxLength: 8 },
);

Deno.test("foldLayers is a plain left-to-right merge for any list of layers", () => {
  fc.assert(fc.property(layers, (list) => {
    let expected: Record<string, string> = {};
    for (const layer of list) {
      if (layer.env === undefined) continue;
      expected = layer.env.size === 0 ? {} : { ...expected, ...literals(layer) };
    }
    assert.deepEqual(literals(foldLayers(list)), expected);
  }));
});

Deno.test("foldLayers is unmoved by layers that say nothing, and by folding the left part first", () => {
  fc.assert(fc.property(layers, fc.nat(8), (list, where) => {
    const whole = foldLayers(list);
    assert.deepEqual(foldLayers(list.flatMap((layer) => [{}, layer, {}])), whole);
    assert.deepEqual(foldLayers([foldLayers(list.slice(0, where)), ...list.slice(where)]), whole);
  }));
});
