import assert from "node:assert/strict";
import { describeMatch } from "../../../../../lib/egress/route/describe_match.ts";

Deno.test("describeMatch writes a match in one line", () => {
  assert.equal(describeMatch({}), "any method on any path");
  assert.equal(describeMatch({ methods: ["GET", "PUT"] }), "GET, PUT on any path");
  const paths = [{ type: "prefix", value: "/" }, { type: "exact", value: "/x" }] as const;
  assert.equal(describeMatch({ paths }), "any method on /* or /x");
  const headers = [{ name: "accept", type: "regex", value: "a/.*" }, {
    name: "x-team",
    type: "exact",
    value: "one",
  }] as const;
  assert.equal(
    describeMatch({ paths: [{ type: "regex", value: "/v[0-9]" }], headers }),
    `any method on regex "/v[0-9]" with accept regex "a/.*" and x-team "one"`,
  );
});
