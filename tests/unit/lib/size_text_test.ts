import { equal } from "node:assert/strict";
import { sizeText } from "../../../lib/size_text.ts";

Deno.test("sizeText takes the biggest unit, with a decimal below ten", () => {
  const cases: readonly [number, string][] = [
    [0, "0 B"],
    [-5, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536 * 1024, "1.5 MiB"],
    [96 * 1024 ** 2, "96 MiB"],
    [4 * 1024 ** 3, "4 GiB"],
    [15.6 * 1024 ** 3, "16 GiB"],
    [3 * 1024 ** 4, "3 TiB"],
  ];
  for (const [bytes, text] of cases) equal(sizeText(bytes), text);
});
