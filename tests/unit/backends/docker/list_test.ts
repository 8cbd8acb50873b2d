import { deepEqual, equal } from "node:assert/strict";
import type { FoundContainer, Inventory } from "../../../../backends/docker/inventory.ts";
import { type BundleWord, judge, slugsOf, summarise } from "../../../../backends/docker/list.ts";
import { parseSlug } from "../../../../lib/names.ts";

const slug = parseSlug("demo-ab12c");

function container(role: string, state: string, status = ""): FoundContainer {
  return {
    id: `${role}1`,
    name: role,
    image: `${role}:1`,
    state,
    status,
    createdAt: "then",
    role,
    slug,
  };
}

const up = { configured: true, ready: true, daemons: [], configuration: null };

Deno.test("judge tells what a bottle is doing, and why it isn't running", () => {
  const daemon = { restarts: 3, log: [] };
  const cases: readonly [
    agent: [string, string?] | null,
    bundle: [string, string?] | null,
    word: BundleWord | undefined,
    state: string,
    why: RegExp | null,
  ][] = [
    [["running"], ["running"], up, "running", null],
    [["running"], ["exited", "Exited (137) 2 seconds ago"], undefined, "shut", /Exited \(137\)/],
    [["running"], ["running"], undefined, "shut", /not asked/],
    [["running"], ["running"], { unreachable: "no socket" }, "shut", /no socket/],
    [
      ["running"],
      ["running"],
      { ...up, configured: false, ready: false },
      "shut",
      /no configuration/,
    ],
    [
      ["running"],
      ["running"],
      {
        ...up,
        ready: false,
        daemons: [
          { name: "egress", state: "backing-off", ...daemon },
          { name: "supervise", state: "ready", ...daemon },
        ],
      },
      "shut",
      /egress is backing-off$/,
    ],
    [
      ["exited", "Exited (143) 1 hour ago"],
      ["exited", "Exited (0) 1 hour ago"],
      undefined,
      "stopped",
      null,
    ],
    [["exited", "Exited (0) 1 hour ago"], ["exited"], undefined, "stopped", null],
    [["exited", "Exited (1) 1 hour ago"], ["exited"], undefined, "stopped", /Exited \(1\)/],
    [["exited", "Exited (137) 1 hour ago"], ["running"], undefined, "stopped", null],
    [["created", "Created"], ["running"], undefined, "stopped", /Created/],
    [["running"], null, undefined, "broken", /bundle is gone/],
    [null, ["running"], undefined, "broken", /agent's container is gone/],
    [null, null, undefined, "broken", /networks or volumes/],
  ];
  for (const [agent, bundle, word, state, why] of cases) {
    const found = judge(
      agent === null ? undefined : container("agent", ...agent),
      bundle === null ? undefined : container("bundle", ...bundle),
      word,
    );
    equal(found.state, state, JSON.stringify([agent, bundle, word]));
    equal(why === null ? found.why === null : why.test(found.why ?? ""), true, `${found.why}`);
  }
});

Deno.test("summarise asks a bundle only where both containers run", async () => {
  const asked: string[] = [];
  const ask = (bundle: FoundContainer): Promise<BundleWord> => {
    asked.push(bundle.id);
    return Promise.resolve(up);
  };
  const inventory = (agent: string, bundle: string): Inventory => ({
    containers: [container("agent", agent), container("bundle", bundle)],
    networks: [],
    volumes: [],
  });
  const start = { container: "agent1", startedAt: "2026-01-02T03:04:05.6Z" };
  deepEqual(await summarise(inventory("running", "running"), slug, ask, [start]), {
    slug,
    state: "running",
    why: null,
    agent: { id: "agent1", image: "agent:1", createdAt: "then", start },
    bundle: { id: "bundle1", image: "bundle:1" },
    backend: "docker",
  });
  await summarise(inventory("exited", "running"), slug, ask);
  await summarise(inventory("running", "exited"), slug, ask);
  deepEqual(asked, ["bundle1"]);
});

Deno.test("slugsOf has each bottle once, also one of which only a volume is left", () => {
  const other = parseSlug("an-zzzzz");
  const inventory: Inventory = {
    containers: [container("agent", "running"), container("bundle", "running")],
    networks: [{ id: "n", name: "n", role: "outer", slug: null }],
    volumes: [{ id: "v", name: "v", role: "ledger", slug: other }],
  };
  deepEqual(slugsOf(inventory), [other, slug]);
});
