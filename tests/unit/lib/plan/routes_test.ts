import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { credentialKey } from "../../../../lib/manifest/credential.ts";
import type { ManifestRoute, Sourced } from "../../../../lib/manifest/types.ts";
import type { ProviderRoute } from "../../../../lib/plan/agent_plan.ts";
import { type PlannedRoutes, planRoutes } from "../../../../lib/plan/routes.ts";
import { envSource } from "../../../support/plan.ts";
import { compileRoutes } from "../../../../lib/egress/route/route_table.ts";

function written(...routes: ManifestRoute[]): Sourced<ManifestRoute>[] {
  return routes.map((value, index) => ({
    value,
    place: { file: "dev.md", line: 10 + index, column: 5 },
  }));
}

const messages = { paths: [{ type: "exact", value: "/v1/messages" }] } as const;
const models = { paths: [{ type: "prefix", value: "/v1/models" }] } as const;
const own: ProviderRoute = {
  host: "api.anthropic.com",
  matches: [messages],
  auth: { scheme: "bearer", token_ref: envSource("CLAUDE") },
};

function plan(manifest: ManifestRoute[], provider: ProviderRoute[] = [own]): PlannedRoutes {
  return planRoutes({
    provider: "claude",
    providerRoutes: provider,
    manifestRoutes: written(...manifest),
  });
}

Deno.test("planRoutes puts the provider's first, and says who asked for each", () => {
  const { routes, tokens } = plan([{ host: "a.example", ports: [8443], allow_private: true }]);
  assert.deepEqual(routes, [
    {
      host: "api.anthropic.com",
      matches: [messages],
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
      provider: true,
      origin: "provider claude",
    },
    { host: "a.example", ports: [8443], allow_private: true, origin: "manifest dev.md:10" },
  ]);
  assert.deepEqual(tokens, [{ slot: "EGRESS_TOKEN_1", ref: envSource("CLAUDE") }]);
});

Deno.test("planRoutes gives one slot a distinct host variable, numbered as they appear", () => {
  const { routes, tokens } = plan([
    { host: "a.example", auth: { scheme: "token", token_ref: envSource("B") } },
    { host: "b.example", auth: { scheme: "basic", username: "me", token_ref: envSource("A") } },
    {
      host: "c.example",
      auth: { scheme: "header", header: "x-api-key", token_ref: envSource("B") },
    },
    { host: "d.example", auth: { scheme: "bearer", token_ref: envSource("CLAUDE") } },
  ]);
  assert.deepEqual(tokens.map(({ slot, ref }) => `${slot} ${credentialKey(ref)}`), [
    "EGRESS_TOKEN_1 CLAUDE",
    "EGRESS_TOKEN_2 B",
    "EGRESS_TOKEN_3 A",
  ]);
  assert.deepEqual(routes.slice(1).map((route) => route.auth), [
    { scheme: "token", token: "EGRESS_TOKEN_2" },
    { scheme: "basic", username: "me", token: "EGRESS_TOKEN_3" },
    { scheme: "header", header: "x-api-key", token: "EGRESS_TOKEN_2" },
    { scheme: "bearer", token: "EGRESS_TOKEN_1" },
  ]);
});

Deno.test("planRoutes ORs a manifest's matches to a provider's host, and keeps its credential", () => {
  const { routes } = plan([{ host: "api.anthropic.com", matches: [models] }]);
  assert.deepEqual(routes, [{
    host: "api.anthropic.com",
    matches: [messages, models],
    auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    provider: true,
    origin: "provider claude, manifest dev.md:10",
  }]);
});

Deno.test("planRoutes keeps limits, passthrough and the agent's own credentials, and needs no slot for those", () => {
  const bounded = {
    host: "a.example",
    limits: { bytes_out: 7 },
    auth: { scheme: "agent" },
  } as const;
  const blind = { host: "b.example", tls: "passthrough" } as const;
  const { routes, tokens } = plan([bounded, blind], []);
  assert.deepEqual(routes, [
    { ...bounded, origin: "manifest dev.md:10" },
    { ...blind, origin: "manifest dev.md:11" },
  ]);
  assert.deepEqual(tokens, []);
});

Deno.test("planRoutes refuses more expressions than egress takes", () => {
  const paths = Array.from({ length: 65 }, (_, n) => ({ type: "regex", value: `/${n}` }) as const);
  assert.throws(() => plan([{ host: "a.example", matches: [{ paths }] }]), {
    code: "route-invalid",
    hint: "all routes together have at most 64 regular expressions",
  });
});

Deno.test("planRoutes leaves a provider's host open that had no matches", () => {
  for (const matches of [undefined, []]) {
    const open = { host: "a.example", ...(matches && { matches }) };
    const { routes } = plan([{ host: "a.example", matches: [models] }], [open]);
    assert.equal(routes[0]?.matches, undefined);
  }
});

Deno.test("planRoutes refuses all else about a provider's host, at its place", () => {
  const cases: [route: ManifestRoute, message: RegExp][] = [
    [{ host: "api.anthropic.com" }, /without matches adds nothing/],
    [{ host: "api.anthropic.com", matches: [] }, /without matches adds nothing/],
    [
      {
        host: "api.anthropic.com",
        matches: [models],
        auth: { scheme: "bearer", token_ref: envSource("X") },
      },
      /belongs to the provider "claude": "auth" is not yours/,
    ],
    [{ host: "api.anthropic.com", matches: [models], ports: [80] }, /"ports" is not yours/],
    [
      { host: "api.anthropic.com", matches: [models], allow_private: true },
      /"allow_private" is not/,
    ],
  ];
  for (const [route, message] of cases) {
    assert.throws(() => plan([route]), (error) => {
      assert.ok(error instanceof BottleError);
      assert.equal(error.code, "route-owned");
      assert.equal(error.place?.line, 10);
      return message.test(error.message);
    });
  }
});

Deno.test("planRoutes: a provider's wildcard owns the names below it, and only those", () => {
  const wildcard: ProviderRoute = { host: "*.model.example" };
  assert.throws(
    () => plan([{ host: "api.model.example", matches: [models] }], [wildcard]),
    /part of "\*.model/,
  );
  assert.throws(
    () => plan([{ host: "*.eu.model.example", matches: [models] }], [wildcard]),
    /part of/,
  );
  const { routes } = plan([{ host: "model.example" }, { host: "evil-model.example" }], [wildcard]);
  assert.equal(routes.length, 3);
});

Deno.test("planRoutes reports every owned host at once", () => {
  assert.throws(
    () =>
      plan([{ host: "api.anthropic.com" }, { host: "b.example" }], [own, { host: "b.example" }]),
    (error) => error instanceof BottleError && error.details.length === 2,
  );
});

Deno.test("planRoutes makes what egress compiles", () => {
  const { routes } = plan([{ host: "*.example.com" }, { host: "192.0.2.1" }, {
    host: "a.example.com",
  }]);
  assert.doesNotThrow(() => compileRoutes(routes));
});
