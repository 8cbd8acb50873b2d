import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { readExtraCa } from "../../../../lib/plan/extra_ca.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Deno.test("readExtraCa reads the file that the variable names, if it names one", async () => {
  await using files = await manifestFiles();
  const file = await files.write("ca.pem", PEM);
  assert.deepEqual(await readExtraCa(() => file), { file, pem: PEM });
  assert.equal(await readExtraCa(() => undefined), null);
  assert.equal(await readExtraCa(() => ""), null);
});

Deno.test("readExtraCa refuses what is no file of certificates", async () => {
  await using files = await manifestFiles();
  const key = await files.write("key.pem", `${PEM}-----BEGIN ${"PRIVATE"} KEY-----\n`);
  const text = await files.write("text.pem", "hello");
  const big = await files.write("big.pem", "x".repeat(1_048_577));
  const cases: [file: string, message: RegExp][] = [
    ["ca.pem", /no absolute path/],
    [`${files.root}/missing.pem`, /can't be read/],
    [files.root, /no file/],
    [big, /at most 1 MiB/],
    [key, /private key/],
    [text, /no certificate/],
  ];
  for (const [file, message] of cases) {
    await assert.rejects(readExtraCa(() => file), (error) => {
      assert.ok(error instanceof BottleError);
      assert.equal(error.code, "extra-ca");
      return message.test(error.message);
    }, file);
  }
});
