import assert from "node:assert/strict";
import { parseHost } from "../../../../lib/egress/host/host.ts";
import { findSharedBelow, findSharedPlace } from "../../../../lib/policy/shared_place.ts";
import { sharedPlaces } from "../../../../lib/policy/shared_places.ts";

for (const { host, what, source } of sharedPlaces) {
  Deno.test(`sharedPlaces has "${host}" once, by a host that can be and with a source`, () => {
    const name = host.replace(/^\*\./, "").replaceAll("*", "x");
    const parsed = parseHost(name);
    assert.ok(parsed.kind === "name" && parsed.name === name, "not canonical");
    assert.equal(sharedPlaces.filter((other) => other.host === host).length, 1);
    assert.match(what, /^an? [a-z]/i);
    assert.ok(new URL(source).protocol === "https:");
  });
}

Deno.test("findSharedPlace finds a place by its own name, and by the names of what can be read", () => {
  const table = [
    ["s3.amazonaws.com", "s3.amazonaws.com"],
    ["s3.eu-west-1.amazonaws.com", "s3.*.amazonaws.com"],
    ["mine.s3.amazonaws.com", undefined],
    ["a.ngrok.io", "*.ngrok.io"],
    ["a.b.ngrok.io", "*.ngrok.io"],
    ["ngrok.io", undefined],
    ["evilpastebin.com", undefined],
    ["x.pastebin.com", undefined],
    ["*.pastebin.com", undefined],
  ] as const;
  for (const [host, found] of table) assert.equal(findSharedPlace(host)?.host, found, host);
});

Deno.test("findSharedBelow finds a place among the names of a wildcard, by whole labels", () => {
  const table = [
    ["*.amazonaws.com", "s3.amazonaws.com"],
    ["*.s3.amazonaws.com", "*.s3.amazonaws.com"],
    ["*.githubusercontent.com", "raw.githubusercontent.com"],
    ["*.mine.s3.amazonaws.com", undefined],
    ["*.notamazonaws.com", undefined],
    ["*.example.com", undefined],
  ] as const;
  for (const [host, found] of table) assert.equal(findSharedBelow(host)?.host, found, host);
});
