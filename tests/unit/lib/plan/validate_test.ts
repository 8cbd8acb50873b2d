import assert from "node:assert/strict";
import { join } from "node:path";
import { BottleError } from "../../../../lib/errors.ts";
import { ManifestIndex } from "../../../../lib/manifest/index.ts";
import { validateSpec } from "../../../../lib/plan/validate.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const manifest = ManifestIndex.fromObjects({
  bottles: {
    dev: {
      agent_provider: { template: "claude", auth_token: "CLAUDE" },
      env: { A: "${BUILD_ID}", B: "literal", C: "${CLAUDE}" },
      egress: { routes: [{ host: "a.example", auth: { scheme: "bearer", token_ref: "GITHUB" } }] },
    },
    bare: { agent_provider: { template: "scripted" } },
  },
  agents: {
    reviewer: { bottle: "dev" },
    skilled: { bottle: "bare", skills: ["review", "relase", "zzz"] },
  },
});

function isError(
  code: string,
  exitCode: number,
  check: (error: BottleError) => void,
): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof BottleError, String(error));
    assert.deepEqual([error.code, error.exitCode], [code, exitCode], error.message);
    check(error);
    return true;
  };
}

Deno.test("validateSpec names all missing host variables at once", async () => {
  const spec = { manifest, agent: "reviewer" };
  await assert.rejects(
    validateSpec(spec, { env: () => undefined, home: "/nowhere" }),
    isError("host-variable-missing", 125, ({ message, details }) => {
      assert.equal(message, 'The host variables "CLAUDE", "GITHUB", "BUILD_ID" are not set');
      assert.equal(details.length, 4);
    }),
  );
  await assert.rejects(
    validateSpec(spec, { env: (name) => name === "GITHUB" ? "" : "x", home: "/nowhere" }),
    isError("host-variable-missing", 125, ({ message }) => {
      assert.equal(message, 'The host variable "GITHUB" is not set');
    }),
    "an empty credential is none",
  );
});

Deno.test("validateSpec lets a forwarded variable be empty, and asks for none of another bottle", async () => {
  const env = (name: string): string => name === "BUILD_ID" ? "" : "value";
  const found = await validateSpec({ manifest, agent: "reviewer" }, { env, home: "/nowhere" });
  assert.equal(found.bottle.name, "dev");
  const other = { manifest, agent: "reviewer", bottle: "bare" };
  assert.equal(
    (await validateSpec(other, { env: () => undefined, home: "/nowhere" })).bottle.name,
    "bare",
  );
});

Deno.test("validateSpec names missing skills, each with the nearest that exists", async () => {
  await using files = await manifestFiles({
    "home/skills/release/SKILL.md": "x",
    "home/skills/review": "a file",
  });
  await assert.rejects(
    validateSpec({ manifest, agent: "skilled" }, { env: () => undefined, home: files.home }),
    isError("manifest-invalid", 1, ({ details }) => {
      assert.deepEqual(details, [
        '<agent skilled>: No skill "review" (Did you mean "review"?)',
        '<agent skilled>: No skill "relase" (Did you mean "release"?)',
        `<agent skilled>: No skill "zzz" (Make the folder "${join(files.home, "skills/zzz")}")`,
      ]);
    }),
  );
  const one = ManifestIndex.fromObjects({
    bottles: { bare: { agent_provider: { template: "scripted" } } },
    agents: { a: { bottle: "bare", skills: ["x"] } },
  });
  await assert.rejects(
    validateSpec({ manifest: one, agent: "a" }, {
      env: () => undefined,
      home: join(files.home, "skills/review"),
    }),
    isError("skill-missing", 1, ({ message }) => assert.equal(message, 'No skill "x"')),
  );
});

Deno.test("validateSpec refuses a network or host that can't be one", async () => {
  for (
    const network of [{ name: "-x", hosts: [] }, { name: "x", hosts: ["10.0.0.1"] }, {
      name: "x",
      hosts: ["a_b"],
    }]
  ) {
    await assert.rejects(
      validateSpec({ manifest, agent: "reviewer", bundleNetworks: [network] }, {
        env: () => "x",
        home: "/nowhere",
      }),
      isError("bundle-network-invalid", 2, () => undefined),
    );
  }
});

Deno.test("validateSpec passes on what the index says", async () => {
  const options = { env: (): string => "x", home: "/nowhere" };
  await assert.rejects(
    validateSpec({ manifest, agent: "reviewr" }, options),
    isError("agent-unknown", 1, () => undefined),
  );
  await assert.rejects(
    validateSpec({ manifest, agent: "reviewer", bottle: "dve" }, options),
    isError("bottle-unknown", 1, () => undefined),
  );
});

Deno.test("validateSpec doesn't hide that the skills can't be looked at", async () => {
  await using files = await manifestFiles();
  const loop = join(files.root, "loop");
  await Deno.symlink(loop, loop);
  const spec = { manifest, agent: "skilled" };
  await assert.rejects(validateSpec(spec, { env: () => "x", home: loop }), /symbolic|loop/i);
});
