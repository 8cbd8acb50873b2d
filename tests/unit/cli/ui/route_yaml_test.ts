import assert from "node:assert/strict";
import { routesYaml } from "../../../../cli/ui/route_yaml.ts";
import type { AllowChange } from "../../../../lib/egress/route/route_change.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

function change(host: string, given: Partial<AllowChange> = {}): AllowChange {
  const any = { ports: null, methods: null, paths: null, expires_at: null };
  return { action: "allow", host, at: "2026-01-02T03:04:05.000Z", ...any, ...given };
}

Deno.test("routesYaml writes what a manifest reads as the same routes", async () => {
  const changes = [
    change("a.example.com"),
    change("*.example.org", { ports: [443, 8443], methods: ["GET", "HEAD"] }),
    change("192.0.2.1", { methods: ["PUT"], paths: [{ type: "exact", value: "/a%20b~c" }] }),
    change("b.example.com", {
      paths: [{ type: "prefix", value: "/v1/" }, { type: "glob", value: "/*/x" }, {
        type: "exact",
        value: "/y,{z}",
      }],
    }),
  ];
  await using files = await manifestFiles({
    "home/agents/demo.md": markdown("bottle: dev"),
    "home/bottles/dev.md": markdown(
      `agent_provider: { template: scripted }\n${routesYaml(changes)}`,
    ),
  });
  const index = await ManifestIndex.load({ home: files.home, cwd: files.root });
  const { bottle } = await index.loadForAgent("demo");
  assert.deepEqual(
    bottle.routes.map(({ value }) => value),
    changes.map(({ host, ports, methods, paths }) => ({
      host,
      ...(ports && { ports }),
      ...((methods ?? paths) && {
        matches: [{ ...(methods && { methods }), ...(paths && { paths }) }],
      }),
    })),
  );
});

Deno.test("routesYaml says where a host has a route already: a manifest has each once", () => {
  assert.match(
    routesYaml([change("a.test"), change("b.test")], new Set(["b.test"])),
    /host: a\.test\n.*host: b\.test {3}# has a route: put both under one\n/,
  );
});
