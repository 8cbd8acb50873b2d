import assert from "node:assert/strict";
import { hostName } from "../../../../../lib/egress/host/host.ts";
import { isPrivateName } from "../../../../../lib/egress/host/private_name.ts";

Deno.test("isPrivateName knows the names that no public server answers for", () => {
  const cases: [string, boolean][] = [
    ["localhost", true],
    ["a.localhost", true],
    ["localhost.localdomain", true],
    ["intranet", true],
    ["printer.local", true],
    ["metadata.google.internal", true],
    ["wiki.corp", true],
    ["nas.home", true],
    ["router.lan", true],
    ["home.arpa", true],
    ["nas.home.arpa", true],
    ["com", true],
    ["api.example.com", false],
    ["local.example.com", false],
    ["notlocal.net", false],
    ["internal.net", false],
    ["arpa.example.org", false],
  ];
  for (const [name, expected] of cases) assert.equal(isPrivateName(hostName(name)), expected, name);
});
