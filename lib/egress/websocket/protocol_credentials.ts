/** Credentials among the subprotocols that a client offers: a browser's WebSocket can set no header. */

/** A name that begins so is a credential. OpenAI's realtime API; Kubernetes (`base64url.bearer.authorization.k8s.io.`). */
const PREFIXES = ["openai-insecure-api-key.", "base64url.bearer.", "bearer.", "authorization."];
/** The name behind one of these is a credential: Deepgram's API, and servers that copy it. */
const ANNOUNCING: ReadonlySet<string> = new Set([
  "token",
  "bearer",
  "authorization",
  "access_token",
]);

/** The protocols without those that are credentials, in whatever case. */
export function dropCredentials(protocols: readonly string[]): readonly string[] {
  return protocols.filter((protocol, index) => {
    const name = protocol.toLowerCase();
    const before = protocols[index - 1]?.toLowerCase() ?? "";
    return !PREFIXES.some((prefix) => name.startsWith(prefix)) && !ANNOUNCING.has(before) &&
      !(ANNOUNCING.has(name) && index + 1 < protocols.length);
  });
}
