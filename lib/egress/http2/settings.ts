/** What one side of a connection asks of the other (RFC 9113, 6.5). */

import { connectionError } from "./error_code.ts";
import { readUint32 } from "./frame.ts";
import { FIRST_WINDOW_BYTES, MAX_FRAME_BYTES, MAX_SETTINGS, MAX_WINDOW_BYTES } from "./limits.ts";

/** Identifiers of settings. */
export const SettingId = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** One setting. */
export type Setting = readonly [id: number, value: number];

const SETTING_BYTES = 6;

/** What the other side has asked for; the protocol's own values until then. */
export interface PeerSettings {
  readonly headerTableSize: number;
  readonly maxConcurrentStreams: number;
  readonly initialWindowSize: number;
}

/** Before the first SETTINGS. */
export const firstPeerSettings: PeerSettings = {
  headerTableSize: 4_096,
  maxConcurrentStreams: Infinity,
  initialWindowSize: FIRST_WINDOW_BYTES,
};

/** @throws {BottleError} `http2-frame-size-error`, `http2-enhance-your-calm`, or what RFC 9113 says of a value out of its range */
export function parseSettings(payload: Uint8Array): readonly Setting[] {
  if (payload.length % SETTING_BYTES !== 0) {
    throw connectionError("frame-size-error", "A SETTINGS frame that ends inside a setting");
  }
  if (payload.length / SETTING_BYTES > MAX_SETTINGS) {
    throw connectionError("enhance-your-calm", `More than ${MAX_SETTINGS} settings at once`);
  }
  const settings: Setting[] = [];
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const id = (payload[at] ?? 0) << 8 | (payload[at + 1] ?? 0);
    const value = readUint32(payload, at + 2);
    check(id, value);
    settings.push([id, value]);
  }
  return settings;
}

/** The settings after a frame of them: of several of one kind the last holds. */
export function applySettings(before: PeerSettings, settings: readonly Setting[]): PeerSettings {
  let { headerTableSize, maxConcurrentStreams, initialWindowSize } = before;
  for (const [id, value] of settings) {
    if (id === SettingId.headerTableSize) headerTableSize = value;
    if (id === SettingId.maxConcurrentStreams) maxConcurrentStreams = value;
    if (id === SettingId.initialWindowSize) initialWindowSize = value;
  }
  return { headerTableSize, maxConcurrentStreams, initialWindowSize };
}

function check(id: number, value: number): void {
  switch (id) {
    case SettingId.enablePush:
      if (value > 1) throw connectionError("protocol-error", "ENABLE_PUSH is neither 0 nor 1");
      return;
    case SettingId.initialWindowSize:
      if (value <= MAX_WINDOW_BYTES) return;
      throw connectionError("flow-control-error", "An INITIAL_WINDOW_SIZE over 2^31-1");
    case SettingId.maxFrameSize:
      if (value >= MAX_FRAME_BYTES && value < 2 ** 24) return;
      throw connectionError("protocol-error", "A MAX_FRAME_SIZE out of its range");
    default:
      // Unknown ones must be ignored, as the next version of something may ask for them.
      return;
  }
}
