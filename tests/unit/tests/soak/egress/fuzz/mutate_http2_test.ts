import assert from "node:assert/strict";
import { originals, streamFrames } from "../../../../../soak/egress/fuzz/http2_stream.ts";
import { mutatedStream } from "../../../../../soak/egress/fuzz/mutate_fields.ts";
import { mutatedFrames } from "../../../../../soak/egress/fuzz/mutate_frames.ts";
import { seededRandom } from "../../../../../soak/random.ts";
import { concatBytes } from "../../../../../../lib/concat_bytes.ts";
import { readFrames } from "../../../../../support/egress/http2/frames.ts";

Deno.test("mutatedStream keeps frames in order whatever it does to fields", () => {
  const random = seededRandom(1);
  for (let turn = 0; turn < 300; turn++) {
    const frames = streamFrames(random, 3, mutatedStream(random, "127.0.0.1:1"));
    const bytes = concatBytes(frames);
    const read = readFrames(bytes);
    assert.equal(read.used, bytes.length);
    assert.ok(
      read.frames.every(({ streamId, payload }) => streamId === 3 && payload.length <= 16_384),
    );
  }
});

Deno.test("mutatedFrames makes the same bytes of the same seed, and others of another", () => {
  const bytes = (seed: number): Uint8Array => {
    const random = seededRandom(seed);
    return mutatedFrames(random, streamFrames(random, 1, originals("127.0.0.1:1")[0]));
  };
  assert.deepEqual(bytes(1), bytes(1));
  assert.notDeepEqual(bytes(1), bytes(2));
});
