import assert from "node:assert/strict";
import { bundleArgs, type BundleSpec } from "../../../../backends/bundle/container_args.ts";
import { readerArgs } from "../../../../backends/bundle/stored_ledger.ts";
import { homeId, parseSlug } from "../../../../lib/names.ts";

const spec: BundleSpec = {
  slug: parseSlug("demo-ab12c"),
  homeId: homeId("/home/demo"),
  image: "bot-bottle-bundle:0123456789ab",
  inner: { network: "bot-bottle-demo-ab12c-inner", address: "10.1.2.3" },
  outer: "bot-bottle-x-outer",
  extraNetworks: [],
};

/** Values of a flag that may come many times. */
function values(args: readonly string[], flag: string): readonly string[] {
  return args.flatMap((arg, index) => arg === flag ? [args[index + 1] ?? ""] : []);
}

Deno.test("bundleArgs takes every right away but the three that init needs", () => {
  const args = bundleArgs(spec);
  assert.deepEqual(values(args, "--cap-drop"), ["ALL"]);
  assert.deepEqual(values(args, "--cap-add"), ["SETUID", "SETGID", "KILL"]);
  assert.deepEqual(values(args, "--security-opt"), ["no-new-privileges"]);
  for (const flag of ["--read-only", "--init"]) assert.ok(args.includes(flag), flag);
  for (const flag of ["--privileged", "--env", "-e", "--volume", "--publish"]) {
    assert.ok(!args.includes(flag), flag);
  }
  assert.deepEqual(values(args, "--restart"), ["no"]);
  assert.deepEqual(values(args, "--ulimit"), ["core=0"]);
});

Deno.test("bundleArgs makes no router of a container with a leg in two networks", () => {
  const sysctls = values(bundleArgs(spec), "--sysctl");
  assert.ok(sysctls.includes("net.ipv4.ip_forward=0"));
  assert.ok(sysctls.includes("net.ipv6.conf.all.disable_ipv6=1"));
});

Deno.test("bundleArgs names and labels the container and the volume", () => {
  const args = bundleArgs({ ...spec, labels: { "bot-bottle.launch": "1" } });
  assert.deepEqual(values(args, "--name"), ["bot-bottle-demo-ab12c-bundle"]);
  const labels = values(args, "--label");
  assert.ok(labels.includes("bot-bottle.role=bundle"));
  assert.ok(labels.includes("bot-bottle.launch=1"));
  const [mount = ""] = values(args, "--mount");
  assert.match(mount, /^type=volume,source=bot-bottle-demo-ab12c-ledger,/);
  assert.match(mount, /volume-label=bot-bottle\.role=ledger/);
  assert.match(mount, /volume-label=bot-bottle\.slug=demo-ab12c/);
});

Deno.test("bundleArgs gives git-gate a volume for mirrors and a tmpfs for keys, where it runs", () => {
  const none = bundleArgs(spec);
  assert.equal(values(none, "--mount").length, 1);
  assert.deepEqual(values(none, "--tmpfs").map((one) => one.split(":")[0]), ["/run", "/tmp"]);

  const args = bundleArgs({ ...spec, mirrors: true, labels: { "bot-bottle.launch": "1" } });
  const [ledger = "", mirrors = "", ...others] = values(args, "--mount");
  assert.deepEqual(others, []);
  assert.match(ledger, /,target=\/var\/lib\/bot-bottle\/ledger,/);
  const labels = mirrors.split(",").filter((part) => part.startsWith("volume-label="));
  assert.equal(
    mirrors.replace(`,${labels.join(",")}`, ""),
    "type=volume,source=bot-bottle-demo-ab12c-mirrors,target=/var/lib/bot-bottle/mirrors",
  );
  for (const label of ["role=mirrors", "slug=demo-ab12c", "launch=1"]) {
    assert.ok(labels.includes(`volume-label=bot-bottle.${label}`), label);
  }
  const keys = values(args, "--tmpfs").find((one) => one.startsWith("/run/git-gate:")) ?? "";
  for (const option of ["nosuid", "nodev", "noexec", "mode=0700", "uid=1002", "gid=1002"]) {
    assert.ok(keys.split(/[:,]/).includes(option), option);
  }
});

Deno.test("bundleArgs publishes on the host's loopback only", () => {
  const args = bundleArgs({ ...spec, publish: [9099, 9418] });
  assert.deepEqual(values(args, "--publish"), ["127.0.0.1::9099", "127.0.0.1::9418"]);
});

Deno.test("bundleArgs ends with the image: nothing after it can be taken for an option", () => {
  assert.equal(bundleArgs(spec).at(-1), spec.image);
});

Deno.test("bundleArgs and readerArgs take an image that is there, never one of that name from a registry", () => {
  for (const args of [bundleArgs(spec), readerArgs(spec)]) {
    assert.ok(args.includes("--pull=never"), args[0]);
    assert.ok(args.indexOf("--pull=never") < args.indexOf(spec.image));
  }
});
