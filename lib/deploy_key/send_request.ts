/** The requests themselves, by `fetch`: over verified TLS, once, and within bounds. */

import { concatBytes } from "../concat_bytes.ts";
import { BottleError } from "../errors.ts";
import {
  type ApiRequest,
  type ApiResponse,
  MAX_RESPONSE_BYTES,
  REQUEST_MS,
  type SendRequest,
} from "./api_request.ts";
import type { ApiProxy, ApiWay } from "./api_way.ts";

/** What a test sets otherwise. */
export interface SendOptions {
  /** Default the global one. */
  readonly fetch?: typeof fetch;
  /** Default {@linkcode REQUEST_MS}. */
  readonly timeoutMs?: number;
}

/** Opens a way for requests. Needs Deno's permission for the API's host, or for the proxy's. */
export function createSend(way: ApiWay, options: SendOptions = {}): SendRequest {
  const { fetch: ask = fetch, timeoutMs = REQUEST_MS } = options;
  return async (request, signal) => {
    using client = Deno.createHttpClient({
      ...(way.extraCaPem === null ? {} : { caCerts: [way.extraCaPem] }),
      ...proxyFor(new URL(request.url), way.proxy),
    });
    const limit = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, limit]);
    try {
      const response = await ask(request.url, { ...initOf(request), client, signal: either });
      return await readResponse(response);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BottleError) throw error;
      throw unreachable(request, limit.aborted ? `no answer within ${timeoutMs / 1000} s` : error);
    }
  };
}

function initOf({ method, authorization, body, accept }: ApiRequest): RequestInit {
  const headers: Record<string, string> = {
    "accept": accept ?? "application/json",
    // GitHub refuses requests without one.
    "user-agent": "bot-bottle",
    [authorization.name]: authorization.value.reveal(),
  };
  // The token must not follow to where somebody else says.
  const init = { method, headers, redirect: "manual" } as const;
  if (body === undefined) return init;
  headers["content-type"] = "application/json";
  return { ...init, body: JSON.stringify(body) };
}

function proxyFor(url: URL, proxy: ApiProxy | null): { readonly proxy?: Deno.Proxy } {
  if (url.protocol === "http:") return { proxy: directTo(url) };
  return proxy === null ? {} : { proxy: proxyOf(proxy) };
}

/**
 * What isn't encrypted goes to this machine and nowhere else: without this, `fetch` takes the proxy that the process's variables name. Never
 * for https, which would go without TLS by it; there a proxy sees none of the request.
 */
function directTo({ hostname, port }: URL): Deno.Proxy {
  return { transport: "tcp", hostname, port: port === "" ? 80 : Number(port) };
}

function proxyOf({ host, port, credentials }: ApiProxy): Deno.Proxy {
  const url = `http://${host}:${port}`;
  if (credentials === null) return { url };
  const { username, password } = credentials;
  return { url, basicAuth: { username, password: password.reveal() } };
}

async function readResponse(response: Response): Promise<ApiResponse> {
  const { status, headers } = response;
  // Gitea's and GitLab's.
  const total = headers.get("x-total-count") ?? headers.get("x-total") ?? "";
  return {
    status,
    body: await readBody(response),
    ...(/^[0-9]{1,9}$/.test(total) ? { total: Number(total) } : {}),
  };
}

async function readBody({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MAX_RESPONSE_BYTES) throw new Error("its answer is too long");
    parts.push(part);
  }
  return new TextDecoder().decode(concatBytes(parts));
}

function unreachable({ url }: ApiRequest, cause: unknown): BottleError {
  const why = wordsOf(cause);
  return new BottleError(`Cannot reach the API at "${new URL(url).origin}": ${why}`, {
    code: "deploy-key-unreachable",
    hint: "Look whether `api` is right, and whether this machine reaches it",
    cause,
  });
}

/** Of the innermost error: there the reason is. Neither `fetch` nor the system quotes a header. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return wordsOf(error.cause);
  return error.message.replace(/^error sending request for url \([^)]*\): /, "");
}
