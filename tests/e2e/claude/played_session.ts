/** A whole session of three turns, from `bot-bottle run` to its end. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { resourceName, type Slug } from "../../../lib/names.ts";
import { createAuthority } from "../../../lib/pki/authority.ts";
import type { Run } from "../../../lib/process/run.ts";
import { agentMentions, findSlug, makeHome, startRun, type TestHome } from "./bottle_run.ts";
import { makeSubject } from "./subject.ts";
import type { Expected } from "./upstream/check.ts";
import { finalText } from "./upstream/turns.ts";
import { startUpstream } from "./upstream_container.ts";

/** Options of {@linkcode playSession}. */
export interface PlayOptions extends Pick<Expected, "header" | "token"> {
  readonly run: Run;
  /** As the bottle's manifest writes it; default the name of the variable. */
  readonly authToken?: string;
  /** Called before the last turn, while the agent waits for it. */
  readonly beforeLastTurn: (session: HeldSession) => Promise<void>;
}

/** A session that is held back. */
export interface HeldSession {
  readonly slug: Slug;
  readonly home: TestHome;
}

/** What is left of a session. Disposal removes the home. */
export interface PlayedSession extends AsyncDisposable {
  readonly home: TestHome;
  /** All that the program printed. */
  readonly printed: string;
}

/** Plays it, and checks what came of it at either end: exit code and answer here, three right requests there. */
export async function playSession(
  { run, header, token, authToken, beforeLastTurn }: PlayOptions,
): Promise<PlayedSession> {
  const authority = await createAuthority(new Date());
  const { subject, put } = makeSubject();
  await using kept = new AsyncDisposableStack();
  const home = kept.use(await makeHome(run, authority.cert_pem, authToken));
  await using upstream = await startUpstream({
    run,
    authority,
    header,
    token,
    subject,
    mentions: agentMentions,
    name: `bot-bottle-test-${randomBytes(4).toString("hex")}`,
    holdBefore: [1, 3],
  });
  await using session = startRun(run, { home, credential: token, network: upstream.network });

  await session.reaches(upstream.holding(1));
  const slug = await findSlug(run, home);
  await put(run, resourceName(slug, "agent"));
  await upstream.release();
  await session.reaches(upstream.holding(3));
  await beforeLastTurn({ slug, home });
  await upstream.release();

  const { code, stdout, stderr } = await session.ended;
  assert.equal(code, 0, stderr);
  const [answer, summary = "", ...more] = stdout.trim().split("\n");
  assert.equal(answer, finalText(subject));
  assert.deepEqual(more, []);
  const { exit_code: exitCode, by } = JSON.parse(summary);
  assert.deepEqual({ exitCode, by }, { exitCode: 0, by: "agent" });
  assert.deepEqual(
    upstream.records,
    [1, 2, 3].map((turn) => ({
      kind: "request",
      method: "POST",
      path: "/v1/messages?beta=true",
      credential: "real",
      placeholderSeen: false,
      status: 200,
      turn,
      fault: null,
    })),
  );
  const owned = kept.move();
  return {
    home,
    printed: stdout + stderr,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
