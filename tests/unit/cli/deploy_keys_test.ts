import assert from "node:assert/strict";
import { makeKeyPair } from "../../../lib/deploy_key/key_pair.ts";
import type { SendRequest } from "../../../lib/deploy_key/api_request.ts";
import { BottleError } from "../../../lib/errors.ts";
import { type Cli, type CliOptions, makeCli } from "../../support/cli.ts";
import { answerAsGitHub } from "../../support/forges/github.ts";
import { answerAsGitLab } from "../../support/forges/gitlab.ts";
import { sendTo, teamWorld, TOKEN } from "../../support/forges/in_process.ts";
import type { Answer } from "../../support/forges/server.ts";
import type { World } from "../../support/forges/world.ts";
import { markdown } from "../../support/manifest_files.ts";

const SLUG = "demo-abcde";
const START = ["start", "demo", "--yes", "--detach", "--quiet"] as const;
const WIDGET = `bot-bottle ${SLUG} widget`;
const GADGET = `bot-bottle ${SLUG} gadget`;
const hostKey = (await makeKeyPair("")).publicLine.trim();

function repo(name: string, token = "GITEA_TOKEN", extra = ""): string {
  return `    ${name}:
      url: ssh://git@gitea.example.com:2222/team/${name}.git
      host_key: ${hostKey}
      key: { provider: gitea, api: https://gitea.example.com, provisioner_token: ${token}${extra} }`;
}

function bottle(...repos: readonly string[]): string {
  const gate = repos.length === 0 ? "" : `\ngit-gate:\n  repos:\n${repos.join("\n")}`;
  return markdown(`agent_provider:\n  template: scripted${gate}`);
}

interface Stage extends AsyncDisposable {
  readonly cli: Cli;
  readonly world: World;
  /** What launches were given last. */
  readonly gateKeys: ReadonlyMap<string, string>;
  /** The host's variables. */
  readonly env: Record<string, string>;
  /** What happens to a request; default it goes on. */
  around: (next: () => ReturnType<SendRequest>, method: string) => ReturnType<SendRequest>;
  /** Titles and ids that the home has written down. */
  records(): Promise<readonly (readonly [title: string, id: string | null])[]>;
}

async function makeStage(
  text: string = bottle(repo("widget")),
  options: Omit<CliOptions, "env" | "send" | "files"> & { readonly answer?: Answer } = {},
): Promise<Stage> {
  const world = teamWorld();
  const env: Record<string, string> = { GITEA_TOKEN: TOKEN };
  const real = sendTo(world, options.answer);
  const gateKeys = new Map<string, string>();
  const cli = await makeCli({
    ...options,
    env,
    onLaunch: async (plan, launch) => {
      for (const [name, text] of launch.gateKeys ?? []) gateKeys.set(name, text);
      await options.onLaunch?.(plan, launch);
    },
    files: {
      "home/bottles/dev.md": text,
      "home/agents/demo.md": markdown("bottle: dev", "echo hello"),
    },
    send: (request, signal) => stage.around(() => real(request, signal), request.method),
  });
  const stage: Stage = {
    cli,
    world,
    gateKeys,
    env,
    around: (next) => next(),
    records: async () => {
      const files: (readonly [string, string | null])[] = [];
      try {
        for await (const { name } of Deno.readDir(`${cli.home}/deploy_keys`)) {
          const { title, id } = JSON.parse(
            await Deno.readTextFile(`${cli.home}/deploy_keys/${name}`),
          );
          files.push([title, id]);
        }
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      return files.sort();
    },
    [Symbol.asyncDispose]: async () => {
      await cli[Symbol.asyncDispose]();
      assert.deepEqual(world.violations, []);
    },
  };
  return stage;
}

const refuse = (status: number, message = ""): ReturnType<SendRequest> =>
  Promise.resolve({ status, body: JSON.stringify({ message }) });
const timeOut = (): ReturnType<SendRequest> =>
  Promise.reject(
    new BottleError("Cannot reach the API", { code: "deploy-key-unreachable", hint: "Look" }),
  );

Deno.test("start adds a deploy key for each repository that wants one, and hands the private halves to the gate", async () => {
  await using stage = await makeStage(
    bottle(repo("widget"), repo("gadget", "GITEA_TOKEN", ", read_only: true")),
  );
  const { code, stderr } = await stage.cli.run(...START);
  assert.equal(code, 0, stderr);
  assert.deepEqual([...stage.world.titles()].sort(), [GADGET, WIDGET]);
  const readOnly = stage.world.keys.map(({ title, readOnly }) => [title, readOnly]).sort();
  assert.deepEqual(readOnly, [[GADGET, true], [WIDGET, false]]);
  assert.deepEqual((await stage.records()).map(([title]) => title), [GADGET, WIDGET]);
  assert.ok((await stage.records()).every(([, id]) => id !== null));
  assert.deepEqual([...stage.gateKeys.keys()].sort(), ["gadget", "widget"]);
  for (const text of stage.gateKeys.values()) assert.match(text, /^-----BEGIN OPENSSH PRIVATE KEY/);
});

Deno.test("no private key and no token is in the home, whatever happens", async () => {
  await using stage = await makeStage();
  await stage.cli.run(...START);
  const [privateKey = ""] = [...stage.gateKeys.values()];
  const secret = privateKey.split("\n")[3] ?? "none";
  const folders = ["deploy_keys", `state/${SLUG}`];
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(`${stage.cli.home}/${folder}`)) {
      const text = await Deno.readTextFile(`${stage.cli.home}/${folder}/${name}`);
      assert.ok(!text.includes(TOKEN) && !text.includes(secret) && !text.includes("PRIVATE"), name);
    }
  }
});

Deno.test("stop removes the deploy keys, resume makes new ones, cleanup removes those", async () => {
  await using stage = await makeStage();
  const { cli, world } = stage;
  await cli.run(...START);
  const first = world.keys[0]?.line;
  assert.equal((await cli.run("stop", SLUG)).code, 0);
  assert.deepEqual([world.keys, await stage.records()], [[], []]);
  assert.equal((await cli.run("resume", SLUG, "--detach")).code, 0);
  assert.deepEqual(world.titles(), [WIDGET]);
  assert.notEqual(world.keys[0]?.line, first);
  const planned = await cli.run("cleanup", "-n", SLUG);
  assert.match(
    planned.stdout,
    /deploy key +bot-bottle demo-abcde widget +of team\/widget at https/,
  );
  assert.equal((await cli.run("cleanup", SLUG, "--yes")).code, 0);
  assert.deepEqual([world.keys, await stage.records()], [[], []]);
});

Deno.test("a bottle that went down by itself gets a new key when it is resumed, and its old one goes", async () => {
  await using stage = await makeStage();
  const { cli, world } = stage;
  await cli.run(...START);
  const entry = cli.backend.entries.values().next().value;
  assert.ok(entry);
  entry.state = "stopped";
  cli.keepers[Symbol.dispose]();
  const { code, stderr } = await cli.run("resume", SLUG, "--detach");
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.keys.map(({ id, title }) => [id, title]), [[42, WIDGET]]);
  assert.deepEqual(await stage.records(), [[WIDGET, "42"]]);
});

Deno.test("the end of a session removes the deploy keys", async () => {
  for (const [argv, isKept] of [[[], false], [["--keep"], true]] as const) {
    await using stage = await makeStage();
    const { code } = await stage.cli.run("run", "demo", "--prompt", "x", ...argv);
    assert.equal(code, 0);
    assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
    assert.equal((await stage.cli.states.all()).states.length, isKept ? 1 : 0);
    assert.ok(stage.world.requests.includes("POST /api/v1/repos/team/widget/keys"));
  }
});

Deno.test("a launch whose deploy key is refused fails with 125, whose fault it is, and leaves nothing", async () => {
  const cases = [
    [401, /Gitea does not accept the token/, /provisioner_token/],
    [403, /the token may not do this/, /"write:repository"/],
    [404, /there is no such repository/, /administrator/],
    [409, /the server does not take the key/, /deploy keys/],
    [422, /the server does not take the key/, /deploy keys/],
  ] as const;
  for (const [status, message, hint] of cases) {
    await using stage = await makeStage();
    const { cli } = stage;
    stage.around = (next, method) => method === "POST" ? refuse(status) : next();
    const { code, stderr } = await cli.run(...START);
    assert.equal(code, 125, stderr);
    assert.match(stderr, message);
    assert.match(stderr, hint);
    assert.deepEqual(await stage.records(), []);
    assert.deepEqual((await cli.states.all()).states, []);
    assert.equal(stage.gateKeys.size, 0, "nothing was launched");
    assert.ok(!stderr.includes(TOKEN));
  }
});

Deno.test("a launch whose second deploy key fails takes the first one back", async () => {
  for (const answer of [() => refuse(500), timeOut, () => refuse(403)]) {
    await using stage = await makeStage(bottle(repo("widget"), repo("gadget")));
    let posts = 0;
    stage.around = (next, method) => method === "POST" && ++posts === 2 ? answer() : next();
    const { code } = await stage.cli.run(...START);
    assert.equal(code, 125);
    assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
    assert.deepEqual((await stage.cli.states.all()).states, []);
  }
});

Deno.test("a launch that fails after its deploy keys were made removes them", async () => {
  await using stage = await makeStage(undefined, {
    onLaunch: () => Promise.reject(new BottleError("No image", { code: "image" })),
  });
  const { code, stderr } = await stage.cli.run(...START);
  assert.equal(code, 125);
  assert.match(stderr, /No image/);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("a key whose answer was lost is found by its title and removed", async () => {
  await using stage = await makeStage();
  stage.around = async (next, method) =>
    method === "POST" ? (await next(), await timeOut()) : next();
  assert.equal((await stage.cli.run(...START)).code, 125);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("a stale key of the same title is replaced", async () => {
  await using stage = await makeStage();
  const { world } = stage;
  await stage.cli.run(...START);
  // As if the home had been lost.
  await Deno.remove(`${stage.cli.home}/deploy_keys`, { recursive: true });
  await stage.cli.run("stop", SLUG);
  assert.equal(world.keys.length, 1);
  assert.equal((await stage.cli.run("resume", SLUG, "--detach")).code, 0);
  assert.deepEqual(world.keys.map(({ id }) => id), [42]);
});

Deno.test("a key that could not be removed is told of, kept in mind, and removed by the next cleanup", async () => {
  await using stage = await makeStage();
  const { cli, world } = stage;
  await cli.run(...START);
  const real = stage.around;
  stage.around = () => refuse(503, "down for maintenance");
  const stopped = await cli.run("stop", SLUG);
  assert.equal(stopped.code, 0);
  assert.match(
    stopped.stderr,
    /! The deploy key "bot-bottle demo-abcde widget" of "team\/widget" at "https:\/\/gitea\.example\.com" stays: .*answers 503.*`bot-bottle stop demo-abcde` tries again/,
  );
  assert.match(
    (await cli.run("list")).stderr,
    /! The deploy key "bot-bottle demo-abcde widget" of/,
  );
  const [pending] = JSON.parse((await cli.run("list", "--json")).stdout).pending_deploy_keys;
  assert.equal(pending.title, WIDGET);

  const failed = await cli.run("cleanup", "--yes");
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /stays: .*503.*`bot-bottle cleanup` tries again/);
  assert.deepEqual((await cli.states.all()).states, []);
  assert.deepEqual(await stage.records(), [[WIDGET, "41"]]);
  assert.match((await cli.run("list")).stderr, /is still there; `bot-bottle cleanup` removes it/);

  stage.around = real;
  const cleaned = await cli.run("cleanup", "--yes", "--json");
  assert.equal(cleaned.code, 0);
  assert.deepEqual(JSON.parse(cleaned.stdout).deploy_keys, [WIDGET]);
  assert.deepEqual(JSON.parse(cleaned.stdout).staying_deploy_keys, []);
  assert.deepEqual([world.keys, await stage.records()], [[], []]);
  assert.doesNotMatch((await cli.run("list")).stderr, /deploy key/);
});

Deno.test("stop tries again what an earlier stop could not remove", async () => {
  await using stage = await makeStage();
  await stage.cli.run(...START);
  const real = stage.around;
  stage.around = timeOut;
  await stage.cli.run("stop", SLUG);
  assert.equal(stage.world.keys.length, 1);
  stage.around = real;
  assert.equal((await stage.cli.run("stop", SLUG)).code, 0);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("a token that isn't there any more keeps the key in mind", async () => {
  await using stage = await makeStage();
  await stage.cli.run(...START);
  delete stage.env["GITEA_TOKEN"];
  const { code, stderr } = await stage.cli.run("cleanup", SLUG, "--yes");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /stays: The host variable "GITEA_TOKEN" is not set\. `bot-bottle cleanup` tries again/,
  );
  assert.deepEqual(await stage.records(), [[WIDGET, "41"]]);
  stage.env["GITEA_TOKEN"] = TOKEN;
  assert.equal((await stage.cli.run("cleanup", SLUG, "--yes")).code, 0);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("cleanup leaves the keys of bottles that run, and of others that aren't named", async () => {
  await using stage = await makeStage();
  const { cli } = stage;
  const slugs = [];
  for (let times = 0; times < 2; times++) slugs.push((await cli.run(...START)).stdout.trim());
  const [one = "", two = ""] = slugs;
  await cli.run("cleanup", "--yes");
  assert.equal(stage.world.keys.length, 2);
  await cli.run("cleanup", one, "--yes");
  assert.deepEqual(stage.world.titles(), [`bot-bottle ${two} widget`]);
  assert.doesNotMatch((await cli.run("list")).stderr, /deploy key/);
});

Deno.test("cleanup leaves the key of a bottle that is launched while it looks around", async () => {
  const launching = Promise.withResolvers<void>();
  const cleaned = Promise.withResolvers<void>();
  await using stage = await makeStage(undefined, {
    onLaunch: async () => {
      launching.resolve();
      await cleaned.promise;
    },
  });
  const { cli } = stage;
  const { backend } = cli;
  const look = backend.plannedCleanup.bind(backend);
  let started: ReturnType<Cli["run"]> | undefined;
  backend.plannedCleanup = async (...args) => {
    const found = await look(...args);
    started ??= cli.run(...START);
    await launching.promise;
    return found;
  };
  const { code, stderr } = await cli.run("cleanup", "--yes");
  cleaned.resolve();
  assert.equal(code, 0, stderr);
  assert.equal((await started)?.code, 0);
  assert.deepEqual(stage.world.titles(), [WIDGET]);
  assert.deepEqual(await stage.records(), [[WIDGET, "41"]]);
});

Deno.test("cleanup removes the key that is written down now, not the one that it was planned with", async () => {
  await using stage = await makeStage();
  const { cli, world } = stage;
  await cli.run(...START);
  stage.around = timeOut;
  await cli.run("stop", SLUG);
  stage.around = (next) => next();
  const { backend } = cli;
  const look = backend.plannedCleanup.bind(backend);
  backend.plannedCleanup = async (...args) => {
    const found = await look(...args);
    backend.plannedCleanup = look;
    // Another session, whose key stays as well.
    await cli.run("resume", SLUG, "--detach");
    stage.around = timeOut;
    await cli.run("stop", SLUG);
    stage.around = (next) => next();
    return found;
  };
  assert.equal((await cli.run("cleanup", "--yes")).code, 0);
  assert.deepEqual([world.keys, await stage.records()], [[], []]);
});

Deno.test("resume drops the key of a repository that is gone from the manifest or has moved", async () => {
  await using stage = await makeStage(bottle(repo("widget"), repo("gadget")));
  const { cli, world } = stage;
  await cli.run(...START);
  const entry = cli.backend.entries.values().next().value;
  assert.ok(entry);
  entry.state = "stopped";
  cli.keepers[Symbol.dispose]();
  await cli.write("home/bottles/dev.md", bottle(repo("widget")));
  const { code, stderr } = await cli.run("resume", SLUG, "--detach", "--yes");
  assert.equal(code, 0, stderr);
  assert.deepEqual(world.titles(), [WIDGET]);
  assert.deepEqual((await stage.records()).map(([title]) => title), [WIDGET]);
});

Deno.test("a command that gives the token is asked once for a whole session", async () => {
  const calls: string[] = [];
  await using stage = await makeStage(bottle(repo("widget", '{ command: ["pass", "gitea"] }')), {
    program: (argv) => {
      if (argv[0] === "pass") calls.push(argv.join(" "));
      return { stdout: new TextEncoder().encode(TOKEN) };
    },
  });
  assert.equal((await stage.cli.run("run", "demo", "--prompt", "x")).code, 0);
  assert.deepEqual(calls, ["pass gitea"]);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("a command is asked again at the end of a session that its token did not outlive", async () => {
  const source = '{ command: ["pass", "gitea"] }';
  for (const answers of [[TOKEN, "renewed"], [TOKEN, "worthless"]]) {
    const given: string[] = [];
    await using stage = await makeStage(bottle(repo("widget", source), repo("gadget", source)), {
      program: (argv) => {
        const token = argv[0] === "pass" ? answers[Math.min(given.length, 1)] ?? "" : "";
        if (argv[0] === "pass") given.push(token);
        return { stdout: new TextEncoder().encode(token) };
      },
    });
    const { tokens } = stage.world;
    stage.around = async (next, method) => {
      if (method === "DELETE") {
        const owner = tokens.get(TOKEN);
        tokens.delete(TOKEN);
        if (owner !== undefined) tokens.set("renewed", owner);
      }
      return await next();
    };
    await stage.cli.run("run", "demo", "--prompt", "x");
    assert.deepEqual(given, answers);
    assert.equal(stage.world.keys.length, answers.includes("renewed") ? 0 : 2);
    assert.equal((await stage.records()).length, stage.world.keys.length);
  }
});

Deno.test("cleanup asks a command once for the keys of several repositories", async () => {
  const calls: string[] = [];
  const source = '{ command: ["pass", "gitea"] }';
  await using stage = await makeStage(bottle(repo("widget", source), repo("gadget", source)), {
    program: (argv) => {
      if (argv[0] === "pass") calls.push(argv.join(" "));
      return { stdout: new TextEncoder().encode(TOKEN) };
    },
  });
  await stage.cli.run(...START);
  calls.length = 0;
  assert.equal((await stage.cli.run("cleanup", SLUG, "--yes")).code, 0);
  assert.deepEqual(calls, ["pass gitea"]);
  assert.deepEqual([stage.world.keys, await stage.records()], [[], []]);
});

Deno.test("GitHub and GitLab have a bottle's keys by the same life", async () => {
  const forges = [
    ["github", "https://github.example.com/api/v3", answerAsGitHub],
    ["gitlab", "https://gitlab.example.com", answerAsGitLab],
  ] as const;
  for (const [provider, api, answer] of forges) {
    const declared = repo("widget").replace("provider: gitea", `provider: ${provider}`)
      .replace("https://gitea.example.com", api);
    await using stage = await makeStage(bottle(declared), { answer });
    const { cli, world } = stage;
    const started = await cli.run(...START);
    assert.equal(started.code, 0, started.stderr);
    assert.deepEqual(await stage.records(), [[WIDGET, "41"]]);
    assert.match((await cli.run("cleanup", "-n", SLUG)).stdout, new RegExp(`widget at ${api}`));
    await cli.run("stop", SLUG);
    assert.deepEqual([world.keys, await stage.records()], [[], []]);
    await cli.run("resume", SLUG, "--detach");
    stage.around = (next, method) => method === "DELETE" ? refuse(500) : next();
    assert.equal((await cli.run("cleanup", SLUG, "--yes")).code, 1);
    stage.around = (next) => next();
    assert.equal((await cli.run("cleanup", "--yes")).code, 0);
    assert.deepEqual([world.keys, await stage.records()], [[], []]);
  }
});

Deno.test("a bottle without deploy keys asks no forge", async () => {
  await using stage = await makeStage(bottle());
  await stage.cli.run(...START);
  await stage.cli.run("stop", SLUG);
  await stage.cli.run("cleanup", "--yes");
  assert.deepEqual(stage.world.requests, []);
});

Deno.test("doctor tells of keys that should be gone, and of records that can't be read", async () => {
  await using stage = await makeStage();
  await stage.cli.run(...START);
  stage.around = timeOut;
  await stage.cli.run("stop", SLUG);
  await Deno.writeTextFile(`${stage.cli.home}/deploy_keys/bad.json`, "{");
  const { stdout } = await stage.cli.run("doctor", "--no-self-test");
  assert.match(
    stdout,
    /deploy key "bot-bottle demo-abcde widget" .* is of a bottle that does not run/s,
  );
  assert.match(stdout, /Cannot read what ".*bad\.json" says of a deploy key/s);
});
