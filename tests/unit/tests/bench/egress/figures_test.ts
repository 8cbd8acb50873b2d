import assert from "node:assert/strict";
import { boundFigures, isMet } from "../../../../bench/egress/figures.ts";
import { Results } from "../../../../bench/egress/results.ts";

function figure(results: Results, key: string): ReturnType<typeof boundFigures>[number] {
  const found = boundFigures(results).find((one) => one.key === key);
  assert.ok(found);
  return found;
}

Deno.test("boundFigures compares within a round, then takes the median", () => {
  const results = new Results();
  for (const [ours, rival] of [[100, 10], [900, 100], [80, 10]] as const) {
    results.add("requests_32", "ours", { per_second: ours });
    results.add("requests_32", "mitmproxy", { per_second: rival });
  }
  const ratio = figure(results, "rps_ratio_mitmproxy");
  assert.deepEqual(ratio.value, { median: 9, low: 8, high: 10 });
  assert.equal(isMet(ratio), true);
});

Deno.test("boundFigures takes the worse direction of a transfer", () => {
  const results = new Results();
  for (const [key, ours] of [["download", 500], ["upload", 150]] as const) {
    results.add(key, "ours", { megabytes_per_second: ours });
    results.add(key, "mitmproxy", { megabytes_per_second: 100 });
  }
  const ratio = figure(results, "throughput_ratio_mitmproxy");
  assert.equal(ratio.value?.median, 1.5);
  assert.equal(isMet(ratio), false);
});

Deno.test("boundFigures takes the worse of two first bytes, added to what is direct", () => {
  const results = new Results();
  for (const [key, ours] of [["first_byte_1k", 0.5], ["first_byte_100k", 0.75]] as const) {
    results.add(key, "ours", { p50_ms: ours });
    results.add(key, "direct", { p50_ms: 0.25 });
  }
  assert.equal(figure(results, "added_ttfb_p50_ms").value?.median, 0.5);
});

Deno.test("boundFigures has no value where one side or one direction was not measured", () => {
  const results = new Results();
  results.add("requests_32", "ours", { per_second: 1 });
  results.add("download", "ours", { megabytes_per_second: 1 });
  results.add("download", "mitmproxy", { megabytes_per_second: 1 });
  for (const one of boundFigures(results)) {
    assert.equal(one.value, undefined, one.key);
    assert.equal(isMet(one), undefined, one.key);
  }
});
