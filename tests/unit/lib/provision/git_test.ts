import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import {
  configureGit,
  gateConfigEntries,
  GIT_SCRIPT,
  gitUserSettings,
  includeSettings,
} from "../../../../lib/provision/git.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import type { GateRepoPlan } from "../../../../lib/plan/plan.ts";
import { fakeBottle } from "../../../support/bottle.ts";
import { fakeManifest, fakePlan } from "../../../support/plan.ts";

const table = [
  { user: {}, settings: [] },
  { user: { name: "Bot" }, settings: ["user.name", "Bot", ""] },
  { user: { email: "bot@example.com" }, settings: ["user.email", "bot@example.com", ""] },
  {
    user: { name: "-x $(id)", email: "b@c" },
    settings: ["user.name", "-x $(id)", "", "user.email", "b@c", ""],
  },
];

for (const { user, settings } of table) {
  Deno.test(`configureGit passes ${JSON.stringify(user)} as arguments, in one call or none`, async () => {
    const { gitUser } = fakeManifest({ gitUser: user });
    assert.deepEqual(gitUserSettings(gitUser), settings);
    const plan = fakePlan({ gitGate: { user: gitUser, repos: [] } });
    const bottle = fakeBottle({ plan });
    await configureGit(bottle, plan);
    const argvs = bottle.calls.map((call) => call.kind === "exec" ? call.argv : []);
    assert.deepEqual(argvs.map((argv) => argv.slice(4)), settings.length === 0 ? [] : [settings]);
    for (const argv of argvs) assert.doesNotMatch(argv[2] ?? "", /Bot|id|example/);
  });
}

Deno.test("configureGit says what to do where git is missing", async () => {
  const { gitUser } = fakeManifest({ gitUser: { name: "Bot" } });
  const plan = fakePlan({ gitGate: { user: gitUser, repos: [] } });
  const bottle = fakeBottle({
    plan,
    exec: () => ({ code: 127, stderr: "sh: 2: git: not found\n" }),
  });
  await assert.rejects(configureGit(bottle, plan), (error) => {
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
      const settings = ["user.name", name, "", "user.email", "bot@example.com", ""];
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

const widget: GateRepoPlan = {
  name: "widget",
  url: "https://git.example.com/team/widget.git",
  upstream: { scheme: "https", host: "git.example.com", port: 443, path: "/team/widget.git" },
  key: { provider: "none" },
  push: "deny",
  rules: DEFAULT_RULES,
  place: { file: "dev.md" },
};
const FILE = "/home/node/.bot-bottle/git-gate.gitconfig";

Deno.test("gateConfigEntries writes the gate's file anew at every start, and empties one that nothing needs", () => {
  const endpoints = { gitGate: { scheme: "http", host: "git-gate", port: 9418 } } as const;
  const textOf = (
    repos: readonly GateRepoPlan[],
    options: { readonly again?: boolean } = {},
  ): string | undefined => {
    const plan = fakePlan({ gitGate: { user: {}, repos } });
    const bottle = fakeBottle({ plan, endpoints: repos.length === 0 ? {} : endpoints });
    const [entry, ...rest] = gateConfigEntries(bottle, options);
    assert.deepEqual(rest, []);
    if (entry === undefined) return undefined;
    assert.ok("content" in entry && typeof entry.content === "string");
    assert.deepEqual([entry.path, entry.mode], [FILE, 0o644]);
    return entry.content;
  };
  assert.equal(textOf([]), undefined);
  assert.doesNotMatch(textOf([], { again: true }) ?? "", /insteadOf/);
  for (const options of [{}, { again: true }]) {
    assert.match(textOf([widget], options) ?? "", /insteadOf = "https:\/\/git\.example\.com/);
  }
});

Deno.test("includeSettings includes the gate's file once, beside others, however often it runs", async () => {
  const plan = fakePlan({ gitGate: { user: {}, repos: [widget] } });
  assert.deepEqual(includeSettings(fakePlan()), []);
  const home = await Deno.makeTempDir();
  const env = { HOME: home, GIT_CONFIG_NOSYSTEM: "1", XDG_CONFIG_HOME: home };
  const run = async (...argv: readonly string[]): Promise<string> => {
    const [program = "", ...args] = argv;
    const { code, stdout, stderr } = await new Deno.Command(program, { args, env }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  try {
    await Deno.writeTextFile(`${home}/.gitconfig`, "[include]\n\tpath = ~/mine\n\tpath = ~/too\n");
    for (let start = 0; start < 3; start++) {
      await run("sh", "-c", GIT_SCRIPT, "configure-git", ...includeSettings(plan));
    }
    assert.equal(
      await run("git", "config", "--global", "--no-includes", "--get-all", "include.path"),
      `~/mine\n~/too\n${FILE}\n`,
    );
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
