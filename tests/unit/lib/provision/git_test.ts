import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { configureGit, GIT_SCRIPT, gitUserSettings } from "../../../../lib/provision/git.ts";
import { fakeBottle } from "../../../support/bottle.ts";
import { fakeManifest, fakePlan } from "../../../support/plan.ts";

const table = [
  { user: {}, settings: [] },
  { user: { name: "Bot" }, settings: ["user.name", "Bot"] },
  { user: { email: "bot@example.com" }, settings: ["user.email", "bot@example.com"] },
  {
    user: { name: "-x $(id)", email: "b@c" },
    settings: ["user.name", "-x $(id)", "user.email", "b@c"],
  },
];

for (const { user, settings } of table) {
  Deno.test(`configureGit passes ${JSON.stringify(user)} as arguments, in one call or none`, async () => {
    const { gitUser } = fakeManifest({ gitUser: user });
    assert.deepEqual(gitUserSettings(gitUser), settings);
    const bottle = fakeBottle({ plan: fakePlan() });
    await configureGit(bottle, gitUser);
    const argvs = bottle.calls.map((call) => call.kind === "exec" ? call.argv : []);
    assert.deepEqual(argvs.map((argv) => argv.slice(4)), settings.length === 0 ? [] : [settings]);
    for (const argv of argvs) assert.doesNotMatch(argv[2] ?? "", /Bot|id|example/);
  });
}

Deno.test("configureGit says what to do where git is missing", async () => {
  const bottle = fakeBottle({
    plan: fakePlan(),
    exec: () => ({ code: 127, stderr: "sh: 2: git: not found\n" }),
  });
  const { gitUser } = fakeManifest({ gitUser: { name: "Bot" } });
  await assert.rejects(configureGit(bottle, gitUser), (error) => {
    assert.ok(error instanceof BottleError);
    assert.equal(error.code, "provision-git");
    assert.deepEqual(error.details, ["sh: 2: git: not found"]);
    assert.match(error.hint ?? "", /Install git/);
    return true;
  });
});

for (
  const name of ["Bot", "-x", "$(id) `id`", 'a "quoted" #name;', "back\\slash", "Zoë \u{1f41d}"]
) {
  Deno.test(`GIT_SCRIPT has git keep the name ${JSON.stringify(name)} as it is`, async () => {
    const home = await Deno.makeTempDir();
    const git = async (args: readonly string[]): Promise<string> => {
      const [program = "", ...rest] = args;
      const env = { HOME: home, GIT_CONFIG_NOSYSTEM: "1", XDG_CONFIG_HOME: home };
      const result = await new Deno.Command(program, { args: rest, env }).output();
      assert.equal(result.code, 0, new TextDecoder().decode(result.stderr));
      return new TextDecoder().decode(result.stdout);
    };
    try {
      const settings = ["user.name", name, "user.email", "bot@example.com"];
      await git(["sh", "-c", GIT_SCRIPT, "configure-git", ...settings]);
      assert.equal(await git(["git", "config", "--global", "--get", "user.name"]), `${name}\n`);
      assert.equal(
        await git(["git", "config", "--global", "--get", "user.email"]),
        "bot@example.com\n",
      );
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  });
}
