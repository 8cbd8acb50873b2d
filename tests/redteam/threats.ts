/**
 * The lines of the threat list about names and addresses, HTTP, and credentials: one technique each. Every line has a case
 * (`coverage_test.ts`), and every case names its line.
 */

/** One technique of an attacker. */
export interface Threat {
  readonly id: string;
  readonly title: string;
}

/** Getting to a place that no route names, or that no route may open. */
export const names = [
  { id: "dns-any", title: "a look-up of any kind, by the system's resolver or past it" },
  { id: "dns-txt", title: "TXT answers as a way in" },
  { id: "dns-doh", title: "DNS over HTTPS: a host like any other" },
  { id: "ip-plain", title: "a literal address, written as everybody does" },
  { id: "ip-decimal", title: "an address as one decimal number" },
  { id: "ip-hex", title: "an address in hexadecimal" },
  { id: "ip-octal", title: "an address in octal" },
  { id: "ip-short", title: "an address of fewer than four parts" },
  { id: "ip-mapped", title: "IPv4 mapped into IPv6" },
  { id: "ip-nat64", title: "IPv4 behind a NAT64, 6to4 or Teredo prefix" },
  { id: "ip-zone", title: "an address with a zone" },
  { id: "to-private", title: "a name that resolves to a private address" },
  { id: "to-metadata", title: "a name that resolves to a metadata service" },
  { id: "to-cgnat", title: "a name that resolves to a carrier's shared address" },
  { id: "to-loopback", title: "a name that resolves to loopback" },
  { id: "to-reserved", title: "a name that resolves to multicast, link-local or reserved" },
  { id: "rebinding", title: "a name whose next answer is another" },
  { id: "host-look-alike", title: "evil-example.com, off a label's border" },
  { id: "host-suffix", title: "example.com.evil.com" },
  { id: "host-case", title: "upper case" },
  { id: "host-dot", title: "a trailing dot, an empty label" },
  { id: "host-punycode", title: "punycode, and what is none" },
  { id: "host-fullwidth", title: "fullwidth dots and letters" },
  { id: "host-nul", title: "NUL in a host" },
  { id: "host-cr", title: "CR in a host" },
  { id: "host-lf", title: "LF in a host" },
  { id: "host-tab", title: "TAB and other blanks in a host" },
  { id: "host-percent", title: "percent-encoding in a host" },
  { id: "host-at", title: "@ in a host" },
  { id: "host-hash", title: "# or ? in a host" },
  { id: "host-backslash", title: "a backslash in a host" },
  { id: "host-other", title: "any other byte outside a-z, 0-9, dot and hyphen" },
  { id: "public-suffix", title: "a wildcard on a public suffix" },
  { id: "redirect", title: "a redirect to a denied host" },
  { id: "alt-svc", title: "Alt-Svc: another host, another protocol" },
] as const satisfies readonly Threat[];

/** Making two parties read one message differently, or the proxy stop working. */
export const http = [
  { id: "sni", title: "CONNECT names one host, the TLS server name another" },
  { id: "host-field", title: "CONNECT or the target names one host, Host another" },
  { id: "authority", title: ":authority names another host than the tunnel" },
  { id: "userinfo", title: "userinfo in a URI or a host" },
  { id: "no-sni", title: "no TLS server name" },
  { id: "not-tls", title: "bytes that are no TLS inside a CONNECT" },
  { id: "not-http", title: "bytes that are no HTTP inside the TLS of a CONNECT" },
  { id: "passthrough", title: "an opaque tunnel: another server name, none, or no TLS" },
  { id: "cl-te", title: "Content-Length before Transfer-Encoding" },
  { id: "te-cl", title: "Transfer-Encoding before Content-Length, or disguised" },
  { id: "double-length", title: "two lengths" },
  { id: "length-sign", title: "a length with a sign, in another base, or too long" },
  { id: "length-space", title: "a length with blanks inside" },
  { id: "obs-fold", title: "a folded line" },
  { id: "bare-lf", title: "LF without CR, CR without LF" },
  { id: "nul", title: "NUL and other control characters" },
  { id: "space-colon", title: "a space before the colon, a name that is none" },
  { id: "chunk-extension", title: "chunk extensions" },
  { id: "chunk-size", title: "chunk sizes that overflow, or are none" },
  { id: "trailers", title: "trailers that change what the head said" },
  { id: "pipelining", title: "a request behind a request" },
  { id: "connection-option", title: "Connection names a field that must arrive" },
  { id: "response-smuggling", title: "an upstream's answer that two could read differently" },
  { id: "h2c", title: "an upgrade to h2c, or to anything else" },
  { id: "prior-knowledge", title: "HTTP/2 with prior knowledge, without TLS" },
  { id: "h2-authorities", title: "HTTP/2 with two authorities" },
  { id: "h2-pseudo", title: "HTTP/2 pseudo fields: missing, twice, late, injected" },
  { id: "h2-fields", title: "HTTP/2 fields that HTTP/1.1 would read as something else" },
  { id: "h2-length", title: "HTTP/2 content-length against DATA" },
  { id: "h2-frames", title: "HTTP/2 frames out of order or out of bounds" },
  { id: "h2-continuation", title: "HTTP/2 CONTINUATION without end" },
  { id: "h2-reset", title: "HTTP/2 rapid reset" },
  { id: "h2-bomb", title: "HPACK bombs" },
  { id: "trace", title: "TRACE and its kin" },
  { id: "override", title: "headers that override method or path" },
  { id: "path", title: "a path that two servers read differently" },
  { id: "git-push", title: "a push over HTTPS" },
  { id: "ws-handshake", title: "a WebSocket handshake that is none" },
  { id: "ws-fragments", title: "WebSocket fragments" },
  { id: "ws-compression", title: "compressed WebSocket messages" },
  { id: "ws-control", title: "WebSocket control frames" },
  { id: "ws-split", title: "a secret split over WebSocket frames and messages" },
  { id: "coded-gzip", title: "a body in gzip" },
  { id: "coded-deflate", title: "a body in deflate" },
  { id: "coded-br", title: "a body in br" },
  { id: "coded-zstd", title: "a body in zstd" },
  { id: "coded-nested", title: "a body coded more than once" },
  { id: "coded-lying", title: "a body that is not what it says" },
  { id: "bomb-ratio", title: "a body that unfolds a thousandfold" },
  { id: "bomb-size", title: "a body without end" },
  { id: "slow-head", title: "slowloris: a head a byte at a time" },
  { id: "slow-body", title: "a body that stops" },
  { id: "big-head", title: "1 MB of headers" },
  { id: "endless-chunks", title: "endless chunks" },
  { id: "connections", title: "thousands of connections: memory stays bounded, others are served" },
  { id: "cert-expired", title: "an upstream's certificate that has expired" },
  { id: "cert-self-signed", title: "a certificate that nobody else has signed" },
  { id: "cert-name", title: "a certificate of another name" },
  { id: "cert-issuer", title: "a certificate of an unknown issuer" },
  { id: "cert-protocol", title: "TLS below 1.2, or no TLS" },
  { id: "company-proxy", title: "what goes to a company proxy" },
] as const satisfies readonly Threat[];

/** Getting a credential out, or another's in. */
export const credentials = [
  { id: "own-authorization", title: "the agent's own Authorization" },
  { id: "own-key", title: "the agent's own x-api-key and its like" },
  { id: "own-cookie", title: "the agent's own cookie" },
  { id: "own-query", title: "the agent's own key in a query" },
  { id: "own-trailer", title: "the agent's own credential in a trailer" },
  { id: "plain-http", title: "the bottle's credential over plain http" },
  { id: "placeholder-host", title: "a placeholder on another host" },
  { id: "placeholder-place", title: "a placeholder in another header, in a path, query or body" },
  { id: "placeholder-bottle", title: "another bottle's placeholder" },
  { id: "placeholder-provider", title: "a placeholder in a body to the provider's own host" },
  { id: "echo-plain", title: "an echo of the injected value" },
  { id: "echo-encoded", title: "an echo in another spelling" },
  { id: "echo-border", title: "an echo across chunk borders" },
  { id: "echo-header", title: "an echo in headers and trailers" },
  { id: "echo-coded", title: "an echo in a compressed body" },
  { id: "echo-websocket", title: "an echo in WebSocket frames" },
  { id: "at-rest", title: "inspect, ps, /proc, images, volumes, build cache" },
  { id: "in-logs", title: "logs, audit, crash output" },
] as const satisfies readonly Threat[];

/** Every line. */
export const threats = [...names, ...http, ...credentials] as const;

/** The id of a line. */
export type ThreatId = (typeof threats)[number]["id"];
