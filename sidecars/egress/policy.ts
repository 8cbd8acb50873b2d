/** What one configuration says, ready to be asked for every request. */

import type { EgressConfig } from "../../lib/egress/config.ts";
import { authFor, inject, stripInbound } from "../../lib/egress/credential/credentials.ts";
import { compileExceptions, type OpenBlocks } from "../../lib/egress/host/destination.ts";
import type { HeaderList } from "../../lib/egress/message.ts";
import { parseAddress, unwrapAddress } from "../../lib/egress/host/address.ts";
import { CredentialFinders } from "../../lib/egress/credential/credential_finders.ts";
import { PlaceholderWatch } from "../../lib/egress/credential/misplaced.ts";
import type { Finder } from "../../lib/egress/scan/finder.ts";
import { createRedactor } from "../../lib/egress/credential/redact.ts";
import type { Route } from "../../lib/egress/route/route.ts";
import { compileRoutes, type RouteTable } from "../../lib/egress/route/route_table.ts";
import { BottleError } from "../../lib/errors.ts";

/** Headers as they leave. */
export interface SwappedHeaders {
  readonly headers: HeaderList;
  /** Scheme of the credential that was put on. */
  readonly credential: string | undefined;
  /** The agent had one of its own where the bottle's is put on. */
  readonly isForeign: boolean;
}

/** A configuration, compiled. */
export class Policy {
  readonly exceptions: OpenBlocks;
  readonly log: EgressConfig["log"];
  readonly selfTest: EgressConfig["self_test"];
  /** Takes the values of all credentials out of a text. */
  readonly redact: (text: string) => string;
  /** Looks for what the agent holds instead of them. */
  readonly placeholders: PlaceholderWatch;
  readonly #tokens: EgressConfig["tokens"];
  readonly #credentials: CredentialFinders;
  readonly #peers: ReadonlySet<string>;
  #routes: readonly Route[];
  #table: RouteTable;

  /** @throws {BottleError} `route-invalid`, `route-duplicate`, `config-invalid` */
  constructor(config: EgressConfig) {
    this.#routes = config.routes;
    this.#table = compileRoutes(config.routes);
    this.exceptions = compileExceptions(config.private_exceptions);
    this.log = config.log;
    this.selfTest = config.self_test;
    this.placeholders = new PlaceholderWatch(config.placeholders);
    this.#tokens = config.tokens;
    this.#credentials = new CredentialFinders(config.tokens);
    this.#peers = new Set(config.peers);
    const values = Object.values(config.tokens).filter((value) => value !== undefined);
    this.redact = createRedactor([...values, ...(this.selfTest ? [this.selfTest.value] : [])]);
  }

  /** Asked anew for every request: what is judged goes by the routes of that moment. */
  get table(): RouteTable {
    return this.#table;
  }

  /** The routes in force. */
  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** Puts other routes in force, whole. @throws {BottleError} `route-invalid`, `route-duplicate`: nothing has changed */
  replaceRoutes(routes: readonly Route[]): void {
    this.#table = compileRoutes(routes);
    this.#routes = routes;
  }

  /** Whether an address may use the proxy. @param remote as the socket has it: maybe IPv4 mapped into IPv6 */
  isPeer(remote: string | undefined): boolean {
    const address = parseAddress(remote ?? "");
    return address !== undefined && this.#peers.has(unwrapAddress(address).text);
  }

  /**
   * Finds what the route puts on, as it comes back; undefined: it puts nothing on. Over plain http too: there it may show
   * what it got by https.
   */
  credentialFinder(route: Route): Finder | undefined {
    const auth = authFor(route, "https");
    return auth && this.#credentials.get(auth);
  }

  /** Takes the agent's credentials off, and puts none on. */
  strip(headers: HeaderList, route: Route): HeaderList {
    return stripInbound(headers, route).headers;
  }

  /** Takes the agent's credentials off and puts the route's on. */
  swap(headers: HeaderList, route: Route, scheme: "http" | "https"): SwappedHeaders {
    const stripped = stripInbound(headers, route);
    const auth = authFor(route, scheme);
    if (auth === undefined) {
      return { headers: stripped.headers, credential: undefined, isForeign: stripped.foreign };
    }
    const token = this.#tokens[auth.token];
    if (token === undefined) {
      throw new BottleError(`No value for "${auth.token}"`, { code: "config-invalid" });
    }
    return {
      headers: inject(stripped.headers, auth, token),
      credential: auth.scheme,
      isForeign: stripped.foreign,
    };
  }
}
