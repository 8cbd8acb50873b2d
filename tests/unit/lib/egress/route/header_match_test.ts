import assert from "node:assert/strict";
import {
  compileHeaders,
  findHeaderMatchFault,
} from "../../../../../lib/egress/route/header_match.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import type { HeaderMatch } from "../../../../../lib/egress/route/route.ts";

const json: HeaderMatch = { name: "content-type", type: "exact", value: "application/json" };
const team: HeaderMatch = { name: "x-team", type: "regex", value: "blue-[0-9]+" };

Deno.test("compileHeaders wants every match, and each field of its name to fit", () => {
  const cases: [readonly HeaderMatch[], HeaderList, boolean][] = [
    [[], [], true],
    [[json], [["Content-Type", "application/json"]], true],
    [[json], [["CONTENT_TYPE", "application/json"]], true],
    [[json], [], false],
    [[json], [["Content-Type", "application/json; charset=utf-8"]], false],
    [[json], [["Content-Type", "Application/JSON"]], false],
    [[json], [["X-Content-Type", "application/json"]], false],
    [[json], [["Content-Type", "application/json"], ["content-type", "text/html"]], false],
    [[json], [["Content-Type", "text/html"], ["Content_Type", "application/json"]], false],
    [[json], [["Content-Type", "application/json"], ["Content-Type", "application/json"]], true],
    [[team], [["X-Team", "blue-7"]], true],
    [[team], [["X-Team", "blue-7, red-1"]], false],
    [[team], [["X-Team", "a blue-7"]], false],
    [[json, team], [["X-Team", "blue-7"]], false],
    [[json, team], [["X-Team", "blue-7"], ["Content-Type", "application/json"]], true],
  ];
  for (const [matches, headers, expected] of cases) {
    assert.equal(compileHeaders(matches)(headers), expected, JSON.stringify([matches, headers]));
  }
});

Deno.test("findHeaderMatchFault refuses what does not go out as it was judged", () => {
  const cases: [string, RegExp][] = [
    ["Accept", /lower case/],
    ["x_team", /with - and not _/],
    ["a b", /name/],
    ["", /name/],
    ["host", /egress's own/],
    ["content-length", /egress's own/],
    ["transfer-encoding", /egress's own/],
    ["accept-encoding", /egress's own/],
    ["connection", /egress's own/],
    ["authorization", /credential/],
    ["x-api-key", /credential/],
    ["cookie", /credential/],
    ["x-forwarded-host", /never gets through/],
    ["forwarded", /never gets through/],
    ["x-original-url", /never gets through/],
    ["x-http-method-override", /never gets through/],
    ["destination", /never gets through/],
  ];
  for (const [name, why] of cases) {
    assert.match(findHeaderMatchFault({ name, type: "exact", value: "x" }) ?? "none", why, name);
  }
  assert.equal(findHeaderMatchFault(json), undefined);
  assert.equal(findHeaderMatchFault(team), undefined);
});

Deno.test("findHeaderMatchFault refuses values that no field has, and expressions that RE2 does not take", () => {
  for (const value of ["", " a", "a ", "a\r\nb", "ü", "a\tb"]) {
    assert.match(findHeaderMatchFault({ ...json, value }) ?? "none", /visible ASCII/, value);
  }
  assert.match(findHeaderMatchFault({ ...team, value: "(" }) ?? "none", /RE2 does not take it/);
});
