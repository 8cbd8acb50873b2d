import assert from "node:assert/strict";
import type { ManifestRoute, Sourced } from "../../../../lib/manifest/types.ts";
import { parseEnvName } from "../../../../lib/names.ts";
import { findingCodes } from "../../../../lib/policy/finding.ts";
import { lintRoutes } from "../../../../lib/policy/lint.ts";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");
const name = parseEnvName("TOKEN");
assert.ok(name);
const token = { kind: "env", name } as const;
const auth = { scheme: "bearer", token_ref: token } as const;
const read = [{ methods: ["GET"], paths: [{ type: "prefix", value: "/a" }] }] as const;

function sourced(routes: readonly ManifestRoute[]): readonly Sourced<ManifestRoute>[] {
  return routes.map((value, at) => ({ value, place: { file: "dev.md", line: at + 1 } }));
}

/** Findings in a line: `danger wildcard-shared`. */
function lint(...routes: ManifestRoute[]): readonly string[] {
  return lintRoutes(sourced(routes), NOW).map(({ severity, code }) => `${severity} ${code}`);
}

const table: readonly (readonly [
  name: string,
  routes: readonly ManifestRoute[],
  findings: readonly string[],
])[] = [
  ["one host", [{ host: "api.test" }], []],
  ["a credential for reading one path", [{ host: "api.test", auth, matches: read }], []],
  ["a wildcard", [{ host: "*.example.com" }], ["note wildcard"]],
  [
    "a wildcard with a credential",
    [{ host: "*.example.com", auth, matches: read }],
    ["danger wildcard-credential"],
  ],
  ["a wildcard over buckets", [{ host: "*.amazonaws.com" }], ["danger wildcard-shared"]],
  [
    "a wildcard over a region",
    [{ host: "*.eu-west-1.amazonaws.com" }],
    ["danger wildcard-shared"],
  ],
  ["a wildcard over storage", [{ host: "*.core.windows.net" }], ["danger wildcard-shared"]],
  ["a wildcard below one bucket", [{ host: "*.mine.s3.amazonaws.com" }], ["note wildcard"]],
  ["one bucket", [{ host: "mine.s3.amazonaws.com" }], []],
  ["buckets by path", [{ host: "s3.eu-west-1.amazonaws.com" }], ["warning shared-host"]],
  [
    "one bucket by path",
    [{ host: "storage.googleapis.com", matches: [{ paths: [{ type: "prefix", value: "/b" }] }] }],
    [],
  ],
  [
    "reading everybody's repositories",
    [{ host: "raw.githubusercontent.com", matches: [{ methods: ["GET"] }] }],
    ["note shared-host"],
  ],
  [
    "fetching everybody's repositories",
    [{
      host: "github.com",
      matches: [{ methods: ["POST"], paths: [{ type: "glob", value: "/*/*/git-upload-pack" }] }],
    }],
    ["note shared-host"],
  ],
  [
    "one team's repositories by a glob",
    [{ host: "github.com", matches: [{ paths: [{ type: "glob", value: "/team/*/x" }] }] }],
    [],
  ],
  [
    "writing anywhere with a credential where anybody may be",
    [{ host: "api.github.com", auth, matches: [{ methods: ["POST"] }] }],
    ["danger credential-shared-host", "warning credential-write"],
  ],
  ["a paste", [{ host: "pastebin.com", matches: read }], ["danger drop-box"]],
  ["a collector by name", [{ host: "x.webhook.site", matches: read }], ["danger drop-box"]],
  ["everything with a credential", [{ host: "api.test", auth }], ["warning credential-everything"]],
  [
    "everything with a credential, in other words",
    [{ host: "api.test", auth, matches: [{ paths: [{ type: "regex", value: "/.*" }] }] }],
    ["warning credential-everything", "warning broad-path"],
  ],
  [
    "writing one path with a credential",
    [{
      host: "api.test",
      auth,
      matches: [{ methods: ["PUT"], paths: [{ type: "exact", value: "/a" }] }],
    }],
    ["note credential-write"],
  ],
  [
    "a credential and port 80",
    [{ host: "api.test", auth, ports: [443, 80], matches: read }],
    ["warning credential-plain-http"],
  ],
  ["port 80 without one", [{ host: "api.test", ports: [80] }], []],
  [
    "a credential for two sites",
    [{ host: "api.test", auth, matches: read }, { host: "other.example", auth, matches: read }],
    ["warning credential-many-sites"],
  ],
  [
    "a credential for two hosts of a site",
    [{ host: "a.example.co.uk", auth, matches: read }, {
      host: "b.example.co.uk",
      auth,
      matches: read,
    }],
    [],
  ],
  [
    "a credential for two tenants of one public suffix",
    [{ host: "a.github.io", auth, matches: read }, { host: "b.github.io", auth, matches: read }],
    ["warning credential-many-sites"],
  ],
  ["passthrough", [{ host: "api.test", tls: "passthrough" }], ["warning passthrough"]],
  [
    "passthrough of a wildcard",
    [{ host: "*.example.com", tls: "passthrough" }],
    ["danger passthrough", "note wildcard"],
  ],
  [
    "the agent's own credentials",
    [{ host: "api.test", auth: { scheme: "agent" } }],
    ["warning agent-credential"],
  ],
  ["private addresses", [{ host: "api.test", allow_private: true }], ["warning private-addresses"]],
  [
    "private addresses of a wildcard",
    [{ host: "*.example.com", allow_private: true }],
    ["danger private-addresses", "note wildcard"],
  ],
  [
    "every path, written out",
    [{ host: "api.test", matches: [{ paths: [{ type: "prefix", value: "/" }] }] }],
    ["note broad-path"],
  ],
  [
    "an expression that limits",
    [{ host: "api.test", matches: [{ paths: [{ type: "regex", value: "/v[0-9]+/.*" }] }] }],
    [],
  ],
  [
    "a match within another, and one twice",
    [{
      host: "api.test",
      matches: [{ methods: ["GET"] }, ...read, { methods: ["GET"] }],
    }],
    ["note shadowed-match", "note shadowed-match"],
  ],
  [
    "a match that is over",
    [{ host: "api.test", matches: [{ methods: ["GET"], expires_at: "2026-01-01T00:00:00Z" }] }],
    ["note expired-match"],
  ],
];
for (const [name, routes, findings] of table) {
  Deno.test(`lintRoutes says of ${name}: ${findings.join(", ") || "nothing"}`, () => {
    assert.deepEqual(lint(...routes), findings);
  });
}

Deno.test("lintRoutes is tested with every finding that there is", () => {
  const found = new Set(
    table.flatMap(([, , findings]) => findings.map((text) => text.split(" ")[1])),
  );
  assert.deepEqual(found, new Set(findingCodes));
});

Deno.test("lintRoutes tells the place of the route, and dangers first", () => {
  const findings = lintRoutes(
    sourced([{ host: "*.example.com" }, { host: "pastebin.com" }]),
    NOW,
  );
  assert.deepEqual(findings.map(({ place }) => place.line), [2, 1]);
});
