import { deepEqual, equal, rejects } from "node:assert/strict";
import {
  createInnerNetwork,
  type InnerNetwork,
} from "../../../../backends/docker/inner_network.ts";
import { parseRanges } from "../../../../backends/docker/subnets.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { homeId, parseSlug } from "../../../../lib/names.ts";
import { type FakeProgram, fakeRun } from "../../../support/context.ts";

const OVERLAP = "Error response from daemon: Pool overlaps with other one on this address space";
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function create(
  program: FakeProgram,
  ranges = "10.7.0.0/28",
): { calls: string[][]; made: Promise<InnerNetwork> } {
  const run = fakeRun(program);
  const made = createInnerNetwork(createEngine({ run }), {
    home: homeId("/home"),
    slug: parseSlug("demo-ab12c"),
    launch: "f00",
    ranges: parseRanges(ranges),
    random: (length) => new Uint8Array(length),
  });
  return { calls: run.calls, made };
}

Deno.test("createInnerNetwork makes an internal network whose bridge has no address", async () => {
  const { calls, made } = create(() => ({}));
  equal((await made).subnet.agent, "10.7.0.3");
  deepEqual(calls, [[
    ...["docker", "network", "create", "--driver", "bridge", "--internal", "--ipv6=false"],
    ...["--opt", "com.docker.network.bridge.inhibit_ipv4=true"],
    ...["--subnet", "10.7.0.0/29", "--gateway", "10.7.0.1"],
    ...["--label", `bot-bottle.home=${homeId("/home")}`, "--label", "bot-bottle.slug=demo-ab12c"],
    ...["--label", "bot-bottle.role=inner", "--label", "bot-bottle.version=0.1.0"],
    ...["--label", "bot-bottle.launch=f00", "bot-bottle-demo-ab12c-inner"],
  ]]);
});

Deno.test("createInnerNetwork asks what is in use after a refusal only, and takes another", async () => {
  const { calls, made } = create((argv) => {
    if (argv[2] === "ls") return { stdout: encode("n1\nn2\n") };
    if (argv[2] === "inspect") return { code: 1, stdout: encode("172.17.0.0/16\n\nfd00::/64\n") };
    return argv.includes("10.7.0.0/29") ? { code: 1, stderr: encode(OVERLAP) } : {};
  });
  equal((await made).subnet.cidr, "10.7.0.8/29");
  deepEqual(calls.map((argv) => argv[2]), ["create", "ls", "inspect", "create"]);
});

Deno.test("createInnerNetwork gives up, in words, when everything overlaps", async () => {
  const usedUp = { code: "subnets-used-up", exitCode: 125 };
  const always: FakeProgram = (argv) =>
    argv[2] === "create" ? { code: 1, stderr: encode(OVERLAP) } : {};
  const narrow = create(always);
  await rejects(narrow.made, usedUp);
  equal(narrow.calls.filter((argv) => argv[2] === "create").length, 2);
  const wide = create(always, "10.7.0.0/16");
  await rejects(wide.made, usedUp);
  equal(wide.calls.filter((argv) => argv[2] === "create").length, 8);
});

Deno.test("createInnerNetwork does not try again for another reason", async () => {
  const said = "Error response from daemon: network with name x already exists";
  const { calls, made } = create(() => ({ code: 1, stderr: encode(said) }));
  await rejects(made, { code: "name-taken" });
  equal(calls.length, 1);
});
