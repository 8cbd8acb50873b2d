/** One connection of HTTP/2 without its bytes' way: what comes is pushed in, what goes is taken out. */

import type { HeaderList } from "../message.ts";
import { ConnectionWindow } from "./connection_window.ts";
import {
  connectionError,
  connectionGone,
  errorNameOf,
  errorNumber,
  type Http2ErrorName,
} from "./error_code.ts";
import { FloodGuard } from "./flood_guard.ts";
import { FrameReader, type FrameSink } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";
import { HpackEncoder } from "./hpack_encoder.ts";
import { headLimits, type Http2Limits, MAX_WINDOW_BYTES } from "./limits.ts";
import { SendScheduler } from "./send_scheduler.ts";
import { applySettings, firstPeerSettings, type Setting, SettingId } from "./settings.ts";
import { Http2Stream, type StreamHost } from "./stream.ts";
import { type IncomingRequest, StreamFrames } from "./stream_frames.ts";
import { StreamTable } from "./stream_table.ts";

/** What {@linkcode Http2Connection} takes. */
export interface Http2ConnectionOptions {
  /** Which side we are. */
  readonly role: "server" | "client";
  readonly limits: Http2Limits;
  /** Called when there is something to take out. */
  readonly onOutput: () => void;
  /** Of a server: whether there is room for one more request. */
  readonly hasRoom?: () => boolean;
  /** Of a server: called for each request whose head has come. A stream without an answer must be reset. */
  readonly onRequest?: (stream: Http2Stream, request: IncomingRequest) => void;
  /** Called when the number of streams, or what may be opened, has changed, and when it is over. */
  readonly onChange?: () => void;
  /** Milliseconds, for the budgets; the clock unless told. */
  readonly now?: () => number;
}

/** Streams, windows, tables and budgets of one connection. */
export class Http2Connection {
  readonly #options: Http2ConnectionOptions;
  readonly #writer = new FrameWriter();
  readonly #encoder = new HpackEncoder();
  readonly #reader: FrameReader;
  readonly #scheduler: SendScheduler;
  readonly #streams: StreamTable;
  readonly #window: ConnectionWindow;
  readonly #guard: FloodGuard;
  readonly #host: StreamHost;
  #peer = firstPeerSettings;
  #isGoingAway = false;
  #isPeerGoingAway = false;
  #error: unknown;
  #isOver = false;

  constructor(options: Http2ConnectionOptions) {
    const { role, limits, now = (): number => performance.now() } = options;
    this.#options = options;
    this.#streams = new StreamTable(role);
    this.#window = new ConnectionWindow(limits);
    this.#guard = new FloodGuard(limits, now);
    this.#host = this.#streamHost();
    this.#scheduler = new SendScheduler({
      writer: this.#writer,
      encoder: this.#encoder,
      onReady: options.onOutput,
      onData: () => this.#guard.earn(),
      onEnded: (half) => this.#onSent(half.streamId),
    });
    this.#reader = new FrameReader(this.#sink(), { hasPreface: role === "server", limits });
  }

  /** Streams that are open. */
  get streamCount(): number {
    return this.#streams.size;
  }

  /** What of the peer's has begun, or must begin, and is not whole: see {@linkcode FrameReader.partial}. */
  get partial(): FrameReader["partial"] {
    return this.#reader.partial;
  }

  /** How much has come whole: see {@linkcode FrameReader.count}. */
  get frameCount(): number {
    return this.#reader.count;
  }

  /** Nothing of it can be used any more, and what is left to take out is the last. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What ended it, if it was a fault of the peer's or of ours. */
  get error(): unknown {
    return this.#error;
  }

  /** Either side has said goodbye: no stream is begun any more. */
  get isClosing(): boolean {
    return this.#isOver || this.#isGoingAway || this.#isPeerGoingAway;
  }

  /** The peer has said what it takes: until then it is not known how many requests. */
  get hasSettings(): boolean {
    return this.#peer !== firstPeerSettings;
  }

  /** How many more requests may be sent at this moment. */
  get freeStreams(): number {
    if (this.isClosing || !this.#streams.canOpen) return 0;
    return Math.max(0, this.#peer.maxConcurrentStreams - this.#streams.size);
  }

  /** Begins with our settings: everything that is not among them stays as the protocol has it. */
  start(): void {
    const { role, limits } = this.#options;
    const listSize: Setting = [SettingId.maxHeaderListSize, headLimits.bytes];
    if (role === "client") this.#writer.preface();
    this.#writer.settings(
      role === "client"
        ? [[SettingId.enablePush, 0], listSize]
        : [[SettingId.maxConcurrentStreams, limits.streams], listSize],
    );
    this.#writer.windowUpdate(0, this.#window.first());
    this.#options.onOutput();
  }

  /** Takes what has come. What is wrong with it ends the connection: see {@linkcode Http2Connection.error}. */
  receive(bytes: Uint8Array): void {
    if (this.#isOver) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      this.end(error);
    }
  }

  /** The bytes to be sent next: valid until they are asked for again. Undefined: none. */
  takeOutput(): Uint8Array | undefined {
    if (!this.#isOver) this.#scheduler.fill(this.#options.limits.outputBytes);
    this.#guard.onTaken();
    return this.#writer.take();
  }

  /** Opens a stream for a request, whose head must be sent at once. There must be one of {@linkcode Http2Connection.freeStreams} left. */
  open(): Http2Stream {
    const id = this.#streams.nextId();
    const stream = new Http2Stream(this.#host, id, this.#peer.initialWindowSize);
    this.#streams.add(stream);
    return stream;
  }

  /** Asks whether the peer is there: it must answer. */
  ping(): void {
    if (this.#isOver) return;
    this.#writer.ping();
    this.#options.onOutput();
  }

  /** Says goodbye: what is under way goes on, nothing new is begun. */
  goAway(): void {
    if (this.#isGoingAway || this.#isOver) return;
    this.#isGoingAway = true;
    this.#writer.goAway(this.#streams.lastPeerId, errorNumber("no-error"));
    this.#options.onOutput();
  }

  /** Ends it: with a fault, or as its bytes' way is gone. What waits for a stream fails. */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    // A request behind the frame that ended it would be carried out, and nobody would wait for its end.
    this.#reader.stop();
    if (error !== undefined) {
      this.#writer.goAway(this.#streams.lastPeerId, errorNumber(errorNameOf(error)));
      this.#options.onOutput();
    }
    for (const stream of this.#streams.clear()) stream.fail();
    this.#options.onChange?.();
  }

  #sink(): FrameSink {
    const guard = this.#guard;
    const { role, onRequest, hasRoom } = this.#options;
    const frames = new StreamFrames({
      role,
      host: this.#host,
      streams: this.#streams,
      guard,
      window: this.#window,
      credit: (bytes) => this.#answer(() => this.#writer.windowUpdate(0, bytes)),
      firstWindow: () => this.#peer.initialWindowSize,
      isClosing: () => this.#isGoingAway,
      hasRoom: hasRoom ?? ((): boolean => true),
      onRequest: onRequest ?? ((stream): void => stream.reset("refused-stream")),
      forget: (stream, isReset) => this.#forget(stream, isReset),
    });
    return {
      onData: (id, data, flowBytes, isEnd) => frames.onData(id, data, flowBytes, isEnd),
      onHeaders: (id, block, isEnd) => frames.onHeaders(id, block, isEnd),
      onPriority: () => guard.spend(),
      onReset: (id, code) => frames.onReset(id, code),
      onSettings: (settings) => this.#onSettings(settings),
      onSettingsAck: () => guard.spend(),
      onPing: (payload) => {
        guard.spend();
        this.#answer(() => this.#writer.pingAck(payload));
      },
      onPingAck: () => guard.spend(),
      onGoAway: (lastId) => this.#onGoAway(lastId),
      onWindowUpdate: (id, increment) => {
        guard.spend();
        if (id !== 0) return frames.onWindowUpdate(id, increment);
        if (!this.#scheduler.grow(increment)) throw overgrown();
      },
      onUnknown: () => guard.spend(),
    };
  }

  #streamHost(): StreamHost {
    const { role, limits, onOutput } = this.#options;
    const gone = connectionGone(role);
    return {
      limits,
      schedule: (half) => this.#scheduler.queue(half),
      writeHeaders: (stream, fields, isEnd) => this.#writeHeaders(stream, fields, isEnd),
      writeReset: (stream, name) => this.#writeReset(stream, name),
      writeWindowUpdate: (stream, bytes) => {
        if (this.#isOver) return;
        this.#writer.windowUpdate(stream.id, bytes);
        onOutput();
      },
      grow: (bytes) => this.#window.growStream(bytes),
      gone: () => gone,
    };
  }

  #writeHeaders(stream: Http2Stream, fields: HeaderList, isEnd: boolean): void {
    this.#writer.headers(stream.id, this.#encoder.encode(fields), isEnd);
    if (isEnd) {
      stream.send.markEnded();
      this.#onSent(stream.id);
    }
    this.#options.onOutput();
  }

  #writeReset(stream: Http2Stream, name: Http2ErrorName): void {
    this.#writer.reset(stream.id, errorNumber(name));
    this.#forget(stream, true);
    this.#options.onOutput();
  }

  #onSent(id: number): void {
    const stream = this.#streams.get(id);
    if (stream?.isComplete === true) this.#forget(stream, false);
  }

  #onSettings(settings: readonly Setting[]): void {
    this.#guard.spend();
    const isPush = ([id, value]: Setting): boolean => id === SettingId.enablePush && value === 1;
    if (this.#options.role === "client" && settings.some(isPush)) {
      throw connectionError("protocol-error", "A server that would take pushes");
    }
    const before = this.#peer;
    this.#peer = applySettings(before, settings);
    if (this.#peer.headerTableSize !== before.headerTableSize) {
      this.#encoder.setTableSize(this.#peer.headerTableSize);
    }
    this.#moveWindows(this.#peer.initialWindowSize - before.initialWindowSize);
    this.#answer(() => this.#writer.settingsAck());
    this.#options.onChange?.();
  }

  /** RFC 9113, 6.9.2: of the streams that are open, too, and below 0 if need be. */
  #moveWindows(change: number): void {
    if (change === 0) return;
    for (const { send } of this.#streams.all()) {
      send.window += change;
      if (send.window > MAX_WINDOW_BYTES) throw overgrown();
      if (change > 0 && send.pendingBytes > 0) this.#scheduler.queue(send);
    }
  }

  #onGoAway(lastId: number): void {
    this.#guard.spend();
    this.#isPeerGoingAway = true;
    // A server's streams are the client's: what it says of its own concerns none of them.
    for (const stream of this.#options.role === "client" ? [...this.#streams.all()] : []) {
      if (stream.id <= lastId) continue;
      stream.wasRefused = true;
      this.#forget(stream, false);
      stream.fail();
    }
    this.#options.onChange?.();
  }

  #forget(stream: Http2Stream, isReset: boolean): void {
    this.#window.shrinkStream(stream.receive.grownBytes);
    this.#streams.delete(stream, isReset);
    this.#options.onChange?.();
  }

  #answer(write: () => void): void {
    this.#guard.control(this.#writer, write);
    this.#options.onOutput();
  }
}

function overgrown(): Error {
  return connectionError("flow-control-error", "A window over 2^31-1");
}
