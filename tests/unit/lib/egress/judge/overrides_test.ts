import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { foldHeaderName } from "../../../../../lib/egress/header_name.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import {
  dropForwarded,
  findOverride,
  isSteeringHeader,
  overridesMethod,
} from "../../../../../lib/egress/judge/overrides.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";

const open: Route = { host: "a.example", origin: "m" };
const byMethod: Route = { ...open, matches: [{ methods: ["POST"] }] };
const byPath: Route = { ...open, matches: [{ paths: [{ type: "prefix", value: "/v1" }] }] };

Deno.test("findOverride refuses another method where methods are limited, and only there", () => {
  const fields: HeaderList = [
    ["X-HTTP-Method-Override", "DELETE"],
    ["X_Http_Method", "DELETE"],
    ["x-method-override", "DELETE"],
  ];
  for (const field of fields) {
    assert.equal(findOverride(byMethod, [field], undefined)?.reason, "method", field[0]);
    assert.equal(findOverride(byPath, [field], undefined), undefined, field[0]);
    assert.equal(findOverride(open, [field], undefined), undefined, field[0]);
  }
  const queries = [
    "_method=DELETE",
    "a=b&_method=DELETE",
    "a=b;_method=DELETE",
    "%5Fmethod=DELETE",
    "_METHOD=DELETE",
    "_method[]=DELETE",
    "_method%00x=DELETE",
    "+_method=DELETE",
    ".method=DELETE",
    "X-HTTP-Method-Override=DELETE",
  ];
  for (const query of queries) {
    assert.equal(findOverride(byMethod, [], query)?.reason, "method", query);
    assert.equal(findOverride(open, [], query), undefined, query);
  }
  for (const query of ["method=x", "my_method=x", "a=_method", ""]) {
    assert.equal(findOverride(byMethod, [], query), undefined, query);
  }
});

Deno.test("findOverride refuses another path where paths are limited, and only there", () => {
  for (const name of ["X-Original-URL", "X_Rewrite_Url", "Destination", "x-amz-copy-source"]) {
    const headers: HeaderList = [[name, "/admin"]];
    assert.equal(findOverride(byPath, headers, undefined)?.reason, "no-match", name);
    assert.equal(findOverride(byMethod, headers, undefined), undefined, name);
  }
});

Deno.test("overridesMethod sees fields and keys of the query", () => {
  assert.equal(overridesMethod([["X-HTTP-Method-Override", "POST"]], undefined), true);
  assert.equal(overridesMethod([], "_method=POST"), true);
  assert.equal(overridesMethod([["Accept", "a/b"]], "a=b"), false);
});

Deno.test("dropForwarded takes off all that only a proxy may say, whatever its spelling", () => {
  const told = [
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X_FORWARDED_PROTO",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Anything-New",
    "Forwarded",
    "X-Host",
    "X-Original-Host",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "Front-End-Https",
  ];
  const kept: HeaderList = [["Host", "a.example"], ["X-Forwarder", "x"], ["Accept", "a/b"]];
  const mixed = told.map((name) => [name, "evil.example"] as const);
  assert.deepEqual(dropForwarded([...kept, ...mixed]), kept);
  assert.equal(dropForwarded(kept), kept);
});

Deno.test("dropForwarded leaves nothing that isSteeringHeader would not let be matched", () => {
  const name = fc.constantFrom(
    "x-forwarded-",
    "forwarded",
    "x-host",
    "accept",
    "X_Original_",
    "url",
  );
  fc.assert(fc.property(fc.array(fc.array(name, { maxLength: 3 })), (names) => {
    const headers = names.map((parts) => [parts.join(""), "x"] as const);
    for (const [left] of dropForwarded(headers)) {
      assert.ok(!foldHeaderName(left).startsWith("x-forwarded-"), left);
      assert.ok(!isSteeringHeader(foldHeaderName(left)), left);
    }
  }));
});

Deno.test("overridesMethod and dropForwarded read names as CGI does: all that is no letter is one character", () => {
  assert.equal(overridesMethod([["X.HTTP.Method.Override", "PUT"]], undefined), true);
  assert.deepEqual(dropForwarded([["X.Forwarded.Host", "a.test"], ["Accept", "*/*"]]), [
    ["Accept", "*/*"],
  ]);
});
