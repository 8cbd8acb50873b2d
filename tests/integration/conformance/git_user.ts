/** Who commits: name and email from the manifest, either, both or none. */

import { equal, ok, rejects } from "node:assert/strict";
import type { SubjectFactory } from "./subject.ts";

/** Registers the tests. */
export function conformGitUser(name: string, open: SubjectFactory): void {
  const cases = [
    { what: "name and email", user: { name: "Böt O'Ttle", email: "bot@example.com" } },
    { what: "a name alone", user: { name: "Bot" } },
    { what: "an email alone", user: { email: "bot@example.com" } },
    { what: "neither", user: null },
  ];
  for (const { what, user } of cases) {
    Deno.test(`${name}: git has ${what}`, async () => {
      await using subject = await open();
      const bottle = user === null ? {} : { "git-gate": { user } };
      await using started = await subject.launch(await subject.prepare({ bottle }));
      const git = async (key: string): Promise<string> =>
        (await started.exec(["git", "config", "--global", "--get", key])).stdout;
      equal(await git("user.name"), user?.name === undefined ? "" : `${user.name}\n`);
      equal(await git("user.email"), user?.email === undefined ? "" : `${user.email}\n`);
    });
  }

  Deno.test(`${name}: a missing skill stops before anything starts`, async () => {
    await using subject = await open();
    const before = subject.calls.length;
    await rejects(subject.prepare({ agent: { skills: ["not-there"] } }), (error) => {
      ok(error instanceof Error);
      ok(error.message.includes("not-there"));
      return true;
    });
    equal(subject.calls.length, before);
  });
}
