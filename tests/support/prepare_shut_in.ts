/** A program that prepares a plan with next to no permissions, and tells which doors it found shut. */

import { ManifestIndex } from "../../lib/manifest/index.ts";
import { resolvePlan } from "../../lib/plan/resolve.ts";
import { validateSpec } from "../../lib/plan/validate.ts";
import { fakeProvider } from "./made_plan.ts";

const [root = "", home = ""] = Deno.args;

/** Each is an attempt at what preparing must not do; `refused` names those that the runtime forbade. */
const doors: Readonly<Record<string, () => Promise<unknown>>> = {
  read: () => Deno.stat("/etc/hostname"),
  write: () => Deno.writeTextFile(`${root}/x`, ""),
  net: () => Deno.connect({ port: 9 }),
  run: () => new Deno.Command("true").output(),
  env: () => Promise.resolve(Deno.env.get("HOME")),
};

const variables: Readonly<Record<string, string>> = {
  T: "t",
  C: "c",
  HOME: root,
  BOT_BOTTLE_EXTRA_CA: `${root}/ca.pem`,
};
const options = {
  env: (name: string): string | undefined => variables[name],
  home,
  random: (length: number): Uint8Array => new Uint8Array(length),
  provider: fakeProvider(),
};
const spec = { manifest: await ManifestIndex.load({ home, cwd: root }), agent: "reviewer" };
const manifest = await validateSpec(spec, options);
const plan = await resolvePlan(spec, manifest, options);

const refused: string[] = [];
for (const [name, open] of Object.entries(doors)) {
  try {
    await open();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) refused.push(name);
  }
}
const answer = JSON.stringify({ slug: plan.slug, refused });
await Deno.stdout.write(new TextEncoder().encode(answer));
