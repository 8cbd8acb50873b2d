/** A company's proxy that takes nothing but what it should: it decides what was asked of it, and no status code does. */

import { startRecorder } from "./recorder.ts";
import { Wire } from "./wire.ts";

/** What {@linkcode startCompanyProxy} takes. */
export interface CompanyProxyOptions {
  /** The whole `Proxy-Authorization` that it wants; absent: it wants none. */
  readonly authorization?: string;
  /** Names of fields that a CONNECT may have besides `Host` and the credentials, in lower case; default none. */
  readonly fields?: readonly string[];
  /** Answers a request line in its own way; undefined: as it should. */
  readonly answer?: (requestLine: string) => string | undefined;
}

/** A running proxy on 127.0.0.1; every name leads to 127.0.0.1. */
export interface CompanyProxyStandIn extends AsyncDisposable {
  readonly port: number;
  /** Heads that came, in order, whole. */
  readonly heads: readonly string[];
  /** What was wrong with them. */
  readonly faults: readonly string[];
}

/** Starts it. */
export function startCompanyProxy(options: CompanyProxyOptions = {}): CompanyProxyStandIn {
  const heads: string[] = [];
  const faults: string[] = [];
  const recorder = startRecorder(undefined, async (wire) => {
    for (;;) {
      const head = await wire.until("\r\n\r\n");
      heads.push(head);
      const request = parse(head);
      const fault = findFault(request, options);
      if (fault !== undefined) {
        faults.push(fault);
        return await wire.write(refusal(407));
      }
      const answer = options.answer?.(request.line);
      if (answer !== undefined) return await wire.write(answer);
      if (request.method === "CONNECT") return await tunnel(wire, request.port);
      await forward(wire, head, request);
    }
  });
  return {
    port: recorder.port,
    heads,
    faults,
    [Symbol.asyncDispose]: () => recorder[Symbol.asyncDispose](),
  };
}

/** A refusal of the proxy's own, with a page that must never be shown as the upstream's. */
export function refusal(status: number): string {
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="company"\r\n' : "";
  return `HTTP/1.1 ${status} No\r\n${challenge}Content-Length: 12\r\n\r\ncompany page`;
}

interface Request {
  readonly line: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly (readonly [string, string])[];
  /** Of the authority that the target names. */
  readonly authority: string;
  readonly port: number;
  /** In absolute form. */
  readonly path: string;
}

function parse(head: string): Request {
  const [line = "", ...rest] = head.trimEnd().split("\r\n");
  const [method = "", target = "", version = ""] = line.split(" ");
  const absolute = /^http:\/\/([^/]+)(\/.*)$/.exec(target);
  const authority = method === "CONNECT" ? target : absolute?.[1] ?? "";
  return {
    line,
    method,
    target,
    version,
    fields: rest.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
    authority,
    port: Number(/:([0-9]+)$/.exec(authority)?.[1] ?? (method === "CONNECT" ? NaN : 80)),
    path: absolute?.[2] ?? "",
  };
}

function findFault(
  request: Request,
  { authorization, fields: more = [] }: CompanyProxyOptions,
): string | undefined {
  const { method, version, authority, port, fields } = request;
  const values = (name: string): readonly string[] =>
    fields.filter(([key]) => key === name).map(([, value]) => value);
  if (version !== "HTTP/1.1") return `version ${version}`;
  if (authority === "" || Number.isNaN(port)) return `target ${request.target}`;
  if (values("host").join() !== authority) return `host ${values("host").join()}`;
  if (values("proxy-authorization").join() !== (authorization ?? "")) {
    return `credentials ${values("proxy-authorization").join()}`;
  }
  const allowed = ["host", "proxy-authorization", ...more];
  const other = fields.find(([key]) => !allowed.includes(key));
  return method === "CONNECT" && other !== undefined ? `field ${other[0]}` : undefined;
}

async function tunnel(wire: Wire, port: number): Promise<void> {
  const upstream = await Deno.connect({ hostname: "127.0.0.1", port });
  await wire.write("HTTP/1.1 200 Connection established\r\n\r\n");
  await Promise.allSettled([
    wire.conn.readable.pipeTo(upstream.writable),
    upstream.readable.pipeTo(wire.conn.writable),
  ]);
}

/** Bodiless requests, and answers with a length. */
async function forward(wire: Wire, head: string, request: Request): Promise<void> {
  using upstream = new Wire(await Deno.connect({ hostname: "127.0.0.1", port: request.port }));
  const lines = head.split("\r\n").slice(1).filter((field) => !/^proxy-/i.test(field));
  await upstream.write([`${request.method} ${request.path} HTTP/1.1`, ...lines].join("\r\n"));
  const response = await upstream.response(request.method);
  await wire.write(`${response.head}${response.body}`);
}
