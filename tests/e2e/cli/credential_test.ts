/** Credentials from a command and from a file, through a real bottle to an upstream that says what it got. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { ensureBundleImage } from "../../../backends/bundle/image.ts";
import { makeIdentity, startUpstream, UPSTREAM_HOST } from "../../../cli/demo/upstream.ts";
import { createHost } from "../../../cli/library.ts";
import { homeId, makeSlug, parseSlug, resourceName } from "../../../lib/names.ts";
import { scripted } from "../../../providers/scripted/provider.ts";
import { providerImage } from "../../support/provider_image.ts";
import { engine, makeHome, programArgv, runProcess, type TestHome } from "./program.ts";

/** A home, an upstream with a certificate that the home trusts, and a store of credentials outside of the home. */
interface Scene extends AsyncDisposable {
  readonly home: TestHome;
  /** `--bundle-network` and its value. */
  readonly network: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Holds the token, with mode 0600. */
  readonly tokenFile: string;
  /** One line for each time that the command ran. */
  readonly runs: string;
  setToken(token: string): Promise<void>;
  /** The bottle's one route takes its credential from there. */
  setSource(source: Readonly<Record<string, unknown>>): Promise<void>;
}

async function makeScene(): Promise<Scene> {
  await using undo = new AsyncDisposableStack();
  const identity = await makeIdentity(new Date());
  const machineCa = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
  const machinePem = machineCa === "" ? null : await Deno.readTextFile(machineCa);
  const caPem = `${machinePem ?? ""}\n${identity.caPem}`;
  undo.use(await shareImage(machinePem, caPem));
  const home = undo.use(await makeHome());
  const store = await Deno.makeTempDir({ prefix: "bot-bottle-store-" });
  undo.defer(() => Deno.remove(store, { recursive: true }));
  const host = createHost({ env: (name) => Deno.env.get(name), home: home.folder });
  const slug = makeSlug("upstream", host.random);
  const image = await ensureBundleImage(host, engine);
  const upstream = undo.use(
    await startUpstream({
      engine,
      image,
      slug,
      homeId: homeId(home.folder),
      identity,
      gitToken: "no repository is asked for",
      signal: host.signal,
    }),
  );
  await Deno.writeTextFile(`${store}/ca.pem`, caPem);
  const tokenFile = `${store}/token`;
  const owned = undo.move();
  return {
    home,
    network: ["--bundle-network", `${upstream.network}=${UPSTREAM_HOST}`],
    env: { BOT_BOTTLE_EXTRA_CA: `${store}/ca.pem` },
    tokenFile,
    runs: `${store}/runs`,
    setToken: (token) => Deno.writeTextFile(tokenFile, `${token}\n`, { mode: 0o600 }),
    setSource: (source) =>
      Deno.writeTextFile(
        `${home.folder}/bottles/dev.md`,
        `---\n${
          JSON.stringify({
            agent_provider: { template: "scripted" },
            egress: {
              routes: [{ host: UPSTREAM_HOST, auth: { scheme: "bearer", token_ref: source } }],
            },
            resources: { cpus: 1, memory: "512m", pids: 128 },
          })
        }\n---\n`,
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * The image's name depends on the extra CA, and this test has a new one each time: the image that the machine's own CA
 * makes, if it is there, gets a second name; whatever has that name afterwards is taken away.
 */
async function shareImage(machinePem: string | null, caPem: string): Promise<AsyncDisposable> {
  const { tag: alias } = providerImage(scripted, caPem);
  await engine.raw(["tag", providerImage(scripted, machinePem).tag, alias]);
  return {
    [Symbol.asyncDispose]: async () => void await engine.raw(["image", "rm", "--no-prune", alias]),
  };
}

/** A request with a credential of the agent's own; what the upstream saw comes back as its hash. */
async function seenByUpstream({ home }: Scene, slug: string): Promise<string> {
  const header = ["-H", "Authorization: Bearer of-the-agent"];
  const curl = ["curl", "-sS", ...header, `https://${UPSTREAM_HOST}/`];
  const { code, stdout, stderr } = await home.run("exec", slug, "--", ...curl);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).credential_sha256;
}

function bearer(token: string): string {
  return createHash("sha256").update(`Bearer ${token}`).digest("hex");
}

function makeToken(): string {
  return `canary-${randomBytes(16).toString("hex")}`;
}

/** Everything that the engine tells of the bottle, and every file of the home. */
async function allThatIsKept(home: TestHome, slug: string): Promise<string> {
  const names = (["agent", "bundle"] as const).map((role) => resourceName(parseSlug(slug), role));
  const told = await Promise.all(names.flatMap((name) => [
    engine.docker(["inspect", name]),
    engine.docker(["exec", name, "cat", "/proc/1/environ"]),
    engine.docker(["top", name, "-o", "pid,args"]),
  ]));
  return [...told, ...await textsBelow(home.folder)].join("\n");
}

async function textsBelow(folder: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) texts.push(...await textsBelow(path));
    else if (isFile) texts.push(await Deno.readTextFile(path));
  }
  return texts;
}

Deno.test("a command's and a file's credential reach the upstream, are asked at each launch, and are nowhere else", async () => {
  await using scene = await makeScene();
  const { home, network, env } = scene;
  const [first, second, third] = [makeToken(), makeToken(), makeToken()];
  const script = 'echo ran >> "$1"; echo "unlocking the store" >&2; cat "$0"';
  await scene.setToken(first);
  await scene.setSource({ command: ["sh", "-c", script, scene.tokenFile, scene.runs] });
  const runs = async (): Promise<number> =>
    (await Deno.readTextFile(scene.runs)).trim().split("\n").length;

  const started = await home.start(["start", "demo", "--yes", "--detach", ...network], { env });
  assert.equal(started.code, 0, started.stderr);
  const slug = started.stdout.trim();
  assert.match(started.stderr, /\[auth: bearer ← "sh -c '.*\n(?:.*\n)*Running "sh -c /);
  assert.match(started.stderr, /^unlocking the store$/m);
  assert.equal(await seenByUpstream(scene, slug), bearer(first));
  const kept = [await allThatIsKept(home, slug)];
  assert.match(
    kept.join(),
    new RegExp(`"command":\\["sh","-c",.*"${scene.tokenFile}"`),
    "it was read",
  );

  await scene.setToken(second);
  const info = await home.start(["info", slug, "--json"], { env });
  assert.equal(await seenByUpstream(scene, slug), bearer(first), "going in asks for nothing");
  assert.equal(await runs(), 1);

  assert.equal((await home.run("stop", slug)).code, 0);
  const resumed = await home.start(["resume", slug, "--detach"], { env });
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(await seenByUpstream(scene, slug), bearer(second));
  assert.equal(await runs(), 2);

  assert.equal((await home.run("stop", slug)).code, 0);
  await scene.setToken(third);
  await scene.setSource({ file: scene.tokenFile });
  const asked = await home.start(["resume", slug, "--detach", "--yes"], { env });
  assert.equal(asked.code, 0, asked.stderr);
  assert.match(asked.stderr, /The manifests have changed/);
  assert.equal(await seenByUpstream(scene, slug), bearer(third));
  assert.equal(await runs(), 2);
  kept.push(await allThatIsKept(home, slug));

  const audit = await home.run("audit", slug, "--json");
  const printed = [started, info, resumed, asked, audit].map(({ stdout, stderr }) =>
    stdout + stderr
  );
  assert.match(audit.stdout, /"credential":"bearer"/);
  for (const text of [...kept, ...printed]) assert.doesNotMatch(text, /canary-/);
});

Deno.test("a command that gives nothing starts nothing, and says no more than its exit code", async () => {
  await using home = await makeHome();
  const route =
    'host: a.example, auth: { scheme: bearer, token_ref: { command: [sh, -c, "echo canary; exit 9"] } }';
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    `---\nagent_provider: { template: scripted }\negress: { routes: [{ ${route} }] }\n---\n`,
  );
  const { code, stdout, stderr } = await home.run("run", "demo", "--prompt", "true");
  assert.deepEqual([code, stdout], [125, ""]);
  assert.match(stderr, /^error: The command "sh -c '.*'" failed with exit code 9$/m);
  assert.match(stderr, /dev\.md:3:\d+$/m);
  assert.deepEqual(await home.left(), []);
});

Deno.test("a password store may ask at the terminal of the person who starts a bottle", async () => {
  await using home = await makeHome();
  const route =
    'host: a.example, auth: { scheme: bearer, token_ref: { command: [sh, -c, "printf pass: >&2; read it </dev/tty; echo asked-$it >&2; exit 1"] } }';
  await Deno.writeTextFile(
    `${home.folder}/bottles/dev.md`,
    `---\nagent_provider: { template: scripted }\negress: { routes: [{ ${route} }] }\n---\n`,
  );
  const argv = programArgv("start", "demo").map((part) => `'${part}'`).join(" ");
  const { code, stdout } = await runProcess(
    ["script", "--quiet", "--return", "--echo", "never", "--command", argv, "/dev/null"],
    { env: { BOT_BOTTLE_HOME: home.folder, TERM: "xterm" }, stdin: "y\nhunter\n" },
  );
  assert.equal(code, 125, stdout);
  assert.match(stdout, /pass:asked-hunter/);
});
