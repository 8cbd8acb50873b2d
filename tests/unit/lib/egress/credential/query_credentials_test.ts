import assert from "node:assert/strict";
import { stripQuery } from "../../../../../lib/egress/credential/query_credentials.ts";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";

const plain: Route = { host: "a.test", origin: "m" };
const bearer: Route = { ...plain, auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" } };
const google: Route = {
  ...plain,
  auth: { scheme: "header", header: "x-goog-api-key", token: "EGRESS_TOKEN_1" },
};

const stripped: readonly (readonly [before: string, after: string])[] = [
  ["/a?private_token=x", "/a"],
  ["/a?x=1&private_token=x&y=2", "/a?x=1&y=2"],
  ["/a?private_token=x&y=2", "/a?y=2"],
  ["/a?y=2&access_token", "/a?y=2"],
  ["/a?Access_Token=x;y=2", "/a?y=2"],
  ["/a?%61ccess%5ftoken=x", "/a"],
  ["/a?access_token%5B%5D=x&+api-key=y", "/a"],
  ["/a??token=x", "/a"],
  ["/a?token=1&token=2&b", "/a?b"],
  ["/a?access.token=x&access+token=y&accessToken=z&p=1", "/a?p=1"],
  [
    "/a?X-Amz-Signature=x&X-Amz-Credential=y&X-Amz-Security-Token=z&X-Amz-Date=d",
    "/a?X-Amz-Date=d",
  ],
  ["/a?AWSAccessKeyId=x&Signature=y&Expires=1", "/a?Expires=1"],
  ["/a?X-Goog-Signature=x&X-Goog-Credential=y&GoogleAccessId=z", "/a"],
  ["/a?sv=2024&sp=r&sig=x", "/a?sv=2024&sp=r"],
  ["/a?OSSAccessKeyId=x&oauth_signature=y&password=z&p=1", "/a?p=1"],
  ["/a.json?auth=x&application_key=y&hapikey=z&next_token=1", "/a.json?next_token=1"],
];
for (const [before, after] of stripped) {
  Deno.test(`stripQuery takes the agent's credential off ${before}`, () => {
    assert.deepEqual(stripQuery(before, bearer), { target: after, foreign: true });
    assert.deepEqual(stripQuery(before, plain), { target: before, foreign: false });
  });
}

Deno.test("stripQuery leaves all else to the letter", () => {
  const others = [
    "/a",
    "/a?",
    "/a?&&",
    "/a?page_token=1&key=2",
    "/token?tokens=%zz&=;",
    "/a?b=token",
  ];
  for (const target of others) {
    assert.deepEqual(stripQuery(target, bearer), { target, foreign: false });
  }
});

Deno.test("stripQuery takes a key off where a Google key is put on", () => {
  assert.equal(stripQuery("/v1?key=x&alt=sse", google).target, "/v1?alt=sse");
});

Deno.test("stripQuery leaves nothing to strip", () => {
  const part = fc.constantFrom("a=1", "token=x", "", "?token=x", "api_key", "%74oken=y", "b");
  const query = fc.array(fc.tuple(part, fc.constantFrom("&", ";")), { maxLength: 6 });
  fc.assert(fc.property(query, (parts) => {
    const { target } = stripQuery(`/a?${parts.flat().join("")}`, bearer);
    assert.deepEqual(stripQuery(target, bearer), { target, foreign: false });
  }));
});
