/** A company's proxy on the way: it is told a name and no more, and is trusted with nothing. */

import { deepEqual, ok } from "node:assert/strict";
import { startCompanyProxy } from "../../support/egress/company_proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import { COMPANY } from "./http/tests.ts";
import { TOKENS } from "./hosts.ts";
import { inTunnel } from "./moves.ts";
import { openStage, type Stage } from "./stage.ts";

const PASSWORD = "company-password-77aa";
const AUTHORIZATION = `Basic ${btoa(`ann:${PASSWORD}`)}`;
const GET = "GET /x HTTP/1.1\r\nHost: {keyed}\r\n" +
  "Proxy-Authorization: Basic attacker\r\nProxy-Connection: attacker\r\n\r\n";

async function openBehind(port: number): Promise<Stage> {
  const stage = await openStage({
    config: () => ({
      upstream_proxy: {
        host: "company.localhost",
        port,
        authorization: AUTHORIZATION,
        no_proxy: ["fence.localhost"],
      },
    }),
  });
  stage.mark("behind");
  return stage;
}

Deno.test("company proxy: told a name, and nothing else", async (t) => {
  await using company = startCompanyProxy({ authorization: AUTHORIZATION });
  await using stage = await openBehind(company.port);
  const heard = await inTunnel("{keyed}", GET)(stage);
  await stage.fence();
  ok(heard.includes(" 200 "), heard);
  const upstream = stage.sink.news().text;
  const [inside, password, own] = COMPANY;
  await t.step(inside, () => {
    ok(upstream.includes(`Authorization: Bearer ${TOKENS.EGRESS_TOKEN_1}`));
    ok(company.heads.length > 0);
    deepEqual(company.heads.filter((head) => head.includes(TOKENS.EGRESS_TOKEN_1)), []);
    deepEqual(company.heads.filter((head) => head.includes("/x")), []);
  });
  await t.step(password, () => ok(!upstream.includes(btoa(`ann:${PASSWORD}`))));
  await t.step(own, () => ok(!`${company.heads.join()}${upstream}`.includes("attacker")));
});

Deno.test(`company proxy: ${COMPANY[3]}`, async () => {
  await using impostor = startRecorder(undefined, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
    await wire.rest();
  });
  await using stage = await openBehind(impostor.port);
  const heard = await inTunnel("{keyed}", GET)(stage);
  ok(!heard.includes("forged") && heard.includes(" 502 "), heard);
  ok(!impostor.received.includes(TOKENS.EGRESS_TOKEN_1) && !impostor.received.includes("GET "));
});

Deno.test(`company proxy: ${COMPANY[4]}`, async () => {
  await using refusing = startRecorder(undefined, async (wire) => {
    await wire.until("\r\n\r\n");
    await wire.write("HTTP/1.1 407 No\r\nContent-Length: 6\r\n\r\nforged");
    await wire.rest();
  });
  await using stage = await openBehind(refusing.port);
  const heard = await inTunnel("{keyed}", GET)(stage);
  ok(!heard.includes("forged") && heard.includes(" 502 "), heard);
  ok(!refusing.received.includes(TOKENS.EGRESS_TOKEN_1));
  deepEqual(stage.sink.news(), { connections: 0, text: "" });
});
