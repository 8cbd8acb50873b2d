/** Limits of the WebSocket codec. Whatever is over one of them ends the connection. */

/** A frame goes out as soon as it holds so much: a longer one that comes in goes on as several, so that none is collected. */
export const MAX_WRITTEN_PAYLOAD = 64 * 1024;
/** Payload of one message, as it came in. Browsers and servers take 100 MiB to 2 GiB. */
export const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;
/** RFC 6455, 5.5. */
export const MAX_CONTROL_BYTES = 125;
/** What a message may inflate to whatever it was before. */
export const FREE_INFLATED_BYTES = 1024 * 1024;
/** Above {@linkcode FREE_INFLATED_BYTES}: inflated bytes for each compressed one. DEFLATE ends at 1,032; texts stay below 50. */
export const MAX_INFLATE_RATIO = 200;
/** Compressed bytes that are inflated at once: they become 4 MiB at most. */
export const INFLATE_STEP_BYTES = 4 * 1024;
/** Elements of `Sec-WebSocket-Extensions` and of `Sec-WebSocket-Protocol`, and parameters of one extension. */
export const MAX_ELEMENTS = 16;
