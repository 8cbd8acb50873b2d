import { deepEqual, equal } from "node:assert/strict";
import {
  backendEnvironment,
  isReadableBody,
} from "../../../../lib/git_gate/backend_environment.ts";

const FOLDER = "/var/lib/bot-bottle/mirrors/a.git";

function environment(
  step: "advertisement" | "service",
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const service = "git-upload-pack";
  return backendEnvironment({ folder: FOLDER, service, step, headers: new Headers(headers) });
}

Deno.test("backendEnvironment of an advertisement asks for the service's refs", () => {
  const env = environment("advertisement", { "git-protocol": "version=2", "content-length": "5" });
  equal(env.PATH_TRANSLATED, `${FOLDER}/info/refs`);
  equal(env.QUERY_STRING, "service=git-upload-pack");
  equal(env.REQUEST_METHOD, "GET");
  equal(env.GIT_PROTOCOL, "version=2");
  equal(env.CONTENT_LENGTH, undefined);
});

Deno.test("backendEnvironment of a service has the body's length and encoding where they are told", () => {
  const env = environment("service", { "content-length": "12", "content-encoding": "x-gzip" });
  equal(env.PATH_TRANSLATED, `${FOLDER}/git-upload-pack`);
  equal(env.REQUEST_METHOD, "POST");
  equal(env.CONTENT_TYPE, "application/x-git-upload-pack-request");
  equal(env.CONTENT_LENGTH, "12");
  equal(env.HTTP_CONTENT_ENCODING, "gzip");
  const chunked = environment("service", {});
  deepEqual([chunked.CONTENT_LENGTH, chunked.HTTP_CONTENT_ENCODING, chunked.GIT_PROTOCOL], [
    undefined,
    undefined,
    undefined,
  ]);
});

for (const protocol of ["version=2 x", "version=2\u00e9", "a".repeat(200), "X=1", ""]) {
  Deno.test(`backendEnvironment hands on no protocol "${protocol.slice(0, 20)}"`, () => {
    equal(environment("service", { "git-protocol": protocol }).GIT_PROTOCOL, undefined);
  });
}

Deno.test("backendEnvironment takes no length that is no number", () => {
  for (const length of ["-1", "0x10", "1e3", "1".repeat(16)]) {
    equal(environment("service", { "content-length": length }).CONTENT_LENGTH, undefined);
  }
});

Deno.test("isReadableBody takes what git's client sends, and no other encoding", () => {
  const of = (encoding: string): boolean =>
    isReadableBody({ headers: new Headers({ "content-encoding": encoding }) });
  equal(isReadableBody({ headers: new Headers() }), true);
  deepEqual(["gzip", "x-gzip", "identity"].map(of), [true, true, true]);
  deepEqual(["br", "gzip, gzip", "deflate", "zstd"].map(of), [false, false, false, false]);
});
