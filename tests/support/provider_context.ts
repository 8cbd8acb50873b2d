/** What a provider is given to plan with, for unit tests. */

import { credentialKey } from "../../lib/manifest/credential.ts";
import { makePlaceholder, parseSlug } from "../../lib/names.ts";
import { Secret } from "../../lib/secret.ts";
import type { PlanContext } from "../../providers/provider.ts";
import { type FakeManifest, fakeManifest } from "./plan.ts";

/** @param env values of the credentials that are known, by `credentialKey`: the host's variables */
export function fakeProviderContext(
  manifest: FakeManifest,
  env: Readonly<Record<string, string>> = {},
): PlanContext {
  const slug = parseSlug("demo-ab12c");
  return {
    slug,
    workFolder: "/home/node",
    instanceName: "bot-bottle-demo-ab12c-agent",
    manifest: fakeManifest(manifest),
    credential: (source) => {
      const value = env[credentialKey(source)];
      return value === undefined ? undefined : new Secret(value);
    },
    credentialType: null,
    placeholder: (prefix) => makePlaceholder(prefix, slug, (length) => new Uint8Array(length)),
  };
}
