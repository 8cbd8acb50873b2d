import assert from "node:assert/strict";
import { makeSlug } from "../../../lib/names.ts";
import { engine, makeHome, type TestHome } from "./program.ts";

const HOST = "api.bottle.test";

/** `/slow` sends its second half when `/go` was asked for. */
const SERVER = `
  let go = () => {};
  require("node:http").createServer((request, response) => {
    if (request.url === "/go") { go(); response.end(); return; }
    if (request.url !== "/slow") { response.end("upstream\\n"); return; }
    response.write("first\\n");
    go = () => response.end("last\\n");
  }).listen(80, () => console.log("ready"));
`;

interface Upstream extends AsyncDisposable {
  readonly network: string;
  /** Lets `/slow` end. */
  go(): Promise<void>;
}

async function startUpstream(): Promise<Upstream> {
  const name = `bot-bottle-test-${
    makeSlug("routes", (size) => crypto.getRandomValues(new Uint8Array(size)))
  }`;
  await using undo = new AsyncDisposableStack();
  undo.defer(() => engine.docker(["network", "rm", name]).then(() => undefined));
  await engine.docker(["network", "create", name]);
  undo.defer(() => engine.docker(["rm", "--force", name]).then(() => undefined));
  await engine.docker([
    ...["run", "--detach", "--name", name, "--network", name, "--network-alias", HOST],
    ...["--entrypoint", "node", "node:22-slim", "-e", SERVER],
  ]);
  const ask = (path: string): Promise<unknown> => {
    const script = `fetch("http://127.0.0.1${path}").then((answer) => answer.text())`;
    return engine.docker(["exec", name, "node", "-e", script]);
  };
  for (let left = 100;; left--) {
    try {
      await ask("/");
      break;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  const owned = undo.move();
  return {
    network: name,
    go: async () => void await ask("/go"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function curl(home: TestHome, slug: string): Promise<string> {
  const { stdout } = await home.run("exec", slug, "--", "curl", "-sS", `http://${HOST}/`);
  return stdout;
}

Deno.test("allow and deny change what a running bottle reaches, and resume keeps it", async () => {
  await using upstream = await startUpstream();
  await using home = await makeHome();
  const slug = await home.startBottle("--bundle-network", `${upstream.network}=${HOST}`);
  assert.match(await curl(home, slug), /"reason":"host-not-allowed"/);

  const allowed = await home.run("allow", slug, HOST, "--method", "GET");
  assert.deepEqual([allowed.code, allowed.stdout], [0, `allowed  ${HOST}  GET\n`], allowed.stderr);
  assert.equal(await curl(home, slug), "upstream\n");

  const denied = Promise.withResolvers<void>();
  const deny = async (): Promise<void> => {
    try {
      const { code, stderr } = await home.run("deny", slug, HOST);
      assert.equal(code, 0, stderr);
      assert.match(await curl(home, slug), /"reason":"host-not-allowed"/);
      denied.resolve();
    } catch (error) {
      denied.reject(error);
    } finally {
      await upstream.go();
    }
  };
  const slow = await home.start(["exec", slug, "--", "curl", "-sSN", `http://${HOST}/slow`], {
    onLine: (line) => {
      if (line === "first") void deny();
    },
  });
  await denied.promise;
  assert.deepEqual(
    [slow.code, slow.stdout],
    [0, "first\nlast\n"],
    "what was under way ended as it began",
  );

  assert.equal((await home.run("allow", slug, HOST, "--for", "1h")).code, 0);
  const rows = (await home.run("audit", slug, "--json")).stdout.trim().split("\n");
  const changes = rows.flatMap((line) => {
    const { row } = JSON.parse(line);
    return row.kind === "policy"
      ? [[row.change.revision, row.change.added, row.change.removed]]
      : [];
  });
  assert.deepEqual(changes, [[2, [HOST], []], [3, [], [HOST]], [4, [HOST], []]]);
  assert.equal((await home.run("audit", slug, "--verify")).code, 0);

  assert.equal((await home.run("stop", slug)).code, 0);
  const resumed = await home.run("resume", slug, "--detach");
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(await curl(home, slug), "upstream\n");
  assert.match(
    (await home.run("info", slug)).stdout,
    new RegExp(`${HOST} +everything until .* allow`),
  );
});

Deno.test("hosts that are allowed by several commands at once are all allowed", async () => {
  await using home = await makeHome();
  const slug = await home.startBottle();
  const hosts = ["a.test", "b.test", "c.test", "d.test"];
  const ended = await Promise.all(hosts.map((host) => home.run("allow", slug, host)));
  assert.deepEqual(
    ended.map(({ code }) => code),
    [0, 0, 0, 0],
    ended.map(({ stderr }) => stderr).join(),
  );
  const { routes_in_force: inForce } = JSON.parse((await home.run("info", slug, "--json")).stdout);
  assert.deepEqual(inForce.routes.map(({ host }: { host: string }) => host).sort(), hosts);
  assert.equal(inForce.revision, 5);
});
