/** The real Claude Code on a terminal: the first start asks nothing, and the session is a person's. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { resourceName } from "../../../lib/names.ts";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { agentMentions, findSlug, makeHome, startOnTerminal } from "./bottle_run.ts";
import { makeSubject } from "./subject.ts";
import { startUpstream } from "./upstream_container.ts";

const MINUTE = 60_000;
const run = createRun();

const credentials = [
  { kind: "an OAuth token", token: "sk-ant-oat01-interactive", header: "authorization" },
  { kind: "an API key", token: "sk-ant-api03-interactive", header: "x-api-key" },
] as const;

for (const { kind, token, header } of credentials) {
  Deno.test(`Claude Code with ${kind} takes the first task without a question before it`, async () => {
    const file = makeSubject();
    const authority = await createAuthority(new Date());
    await using stack = new AsyncDisposableStack();
    const home = stack.use(await makeHome(run, authority.cert_pem));
    const upstream = stack.use(
      await startUpstream({
        run,
        authority,
        header,
        token,
        subject: file.subject,
        name: `bot-bottle-test-${randomBytes(4).toString("hex")}`,
        mentions: agentMentions,
        holdBefore: [1],
      }),
    );
    const terminal = stack.use(
      startOnTerminal(run, { home, credential: token, network: upstream.network }),
    );

    await terminal.shows("bypass permissions on", 2 * MINUTE);
    await terminal.type("What is the hash of the file?");
    await upstream.holding(1);
    await file.put(run, resourceName(await findSlug(run, home), "agent"));
    await upstream.release();
    await terminal.shows(`The file has ${file.subject.bytes} bytes`, MINUTE);
    await terminal.type("/exit");
    assert.equal(await terminal.ended, 0);
    for (const { credential, placeholderSeen } of upstream.records) {
      assert.deepEqual({ credential, placeholderSeen }, {
        credential: "real",
        placeholderSeen: false,
      });
    }
    // Requests beside the conversation, such as one for a title, know nothing of the agent's prompt and play no turn.
    const turns = upstream.records.map(({ turn }) => turn).filter((turn) => turn !== null);
    assert.deepEqual(turns, [1, 2, 3]);
  });
}
