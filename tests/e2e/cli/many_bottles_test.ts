import assert from "node:assert/strict";
import { engine, makeHome } from "./program.ts";

const COUNT = 20;

Deno.test(`${COUNT} bottles at once start, are told apart, and stop`, async () => {
  await using home = await makeHome();
  const slugs = await Promise.all(Array.from({ length: COUNT }, () => home.startBottle()));
  assert.equal(new Set(slugs).size, COUNT);

  const format =
    "{{.Name}} {{range .IPAM.Config}}{{.Subnet}}{{end}} {{range .Containers}}{{.IPv4Address}} {{end}}";
  const networks = await Promise.all(
    slugs.map((slug) =>
      engine.docker(["network", "inspect", "--format", format, `bot-bottle-${slug}-inner`])
    ),
  );
  const subnets = networks.map((network) => network.trim().split(" ")[1]);
  assert.equal(new Set(subnets).size, COUNT, `${subnets}`);
  const addresses = networks.flatMap((network) => network.trim().split(" ").slice(2));
  assert.equal(new Set(addresses).size, 2 * COUNT, "an agent and a bundle each");

  const { bottles } = JSON.parse((await home.run("list", "--json")).stdout);
  assert.deepEqual(
    bottles.map(({ slug, state }: { slug: string; state: string }) => `${slug} ${state}`).sort(),
    slugs.map((slug) => `${slug} running`).sort(),
  );

  // The last ones are as shut in as the first: their own egress answers, and refuses.
  const asked = await Promise.all(
    slugs.slice(-4).map((slug) =>
      home.run("exec", slug, "--", "curl", "-sS", "https://example.com/")
    ),
  );
  for (const { code, stderr } of asked) {
    assert.equal(code, 56, stderr);
    assert.match(stderr, /response 403/);
  }

  const stopped = await Promise.all(slugs.map((slug) => home.run("stop", slug)));
  assert.deepEqual(stopped.map(({ code }) => code), slugs.map(() => 0));
  const cleaned = await home.run("cleanup", "--yes");
  assert.equal(cleaned.code, 0, cleaned.stderr);
  assert.deepEqual(await home.left(), []);
});
