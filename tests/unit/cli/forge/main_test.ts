import assert from "node:assert/strict";
import { askForgeMain } from "../../../../cli/forge/main.ts";
import {
  formatJob,
  parseOutcome,
  type SendOutcome,
} from "../../../../lib/deploy_key/request_line.ts";
import { Secret } from "../../../../lib/secret.ts";
import { TOKEN } from "../../../support/forges/in_process.ts";
import { startForge } from "../../../support/forges/server.ts";

async function ask(
  stdin: string,
): Promise<{ readonly text: string; readonly outcome: SendOutcome }> {
  let text = "";
  const code = await askForgeMain({
    stdin: ReadableStream.from([new TextEncoder().encode(stdin)]),
    answer: (answer) => Promise.resolve(void (text += answer)),
  });
  assert.equal(code, 0);
  return { text, outcome: parseOutcome(JSON.parse(text)) };
}

Deno.test("askForgeMain sends the one request that it is told, and answers what came", async () => {
  await using forge = await startForge();
  forge.world.addRepo({ owner: "team", name: "widget", admins: ["ada"], readers: [] });
  forge.world.tokens.set(TOKEN, { user: "ada", scopes: ["write:repository"] });
  const { outcome } = await ask(formatJob({
    request: {
      method: "GET",
      url: `${forge.api}/api/v1/repos/team/widget/keys?page=1&limit=50`,
      authorization: { name: "authorization", value: new Secret(`token ${TOKEN}`) },
    },
    way: { extraCaPem: forge.caPem, proxy: null },
  }));
  assert.deepEqual(outcome, {
    kind: "response",
    response: { status: 200, body: "[]", total: 0 },
  });
  assert.deepEqual(forge.world.violations, []);
});

Deno.test("askForgeMain answers an error, and quotes nothing of what it was told", async () => {
  const job = formatJob({
    request: {
      method: "GET",
      url: "https://localhost:1111/",
      authorization: { name: "authorization", value: new Secret(`token ${TOKEN}`) },
    },
    way: { extraCaPem: null, proxy: null },
  });
  for (const stdin of [job, job.slice(0, -1), "", "null", job.replace('"GET"', '"PUT"')]) {
    const { text, outcome } = await ask(stdin);
    assert.equal(outcome.kind, "error");
    assert.ok(!text.includes(TOKEN) && !text.includes(TOKEN.slice(0, 8)), text);
  }
});
