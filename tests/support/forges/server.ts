/** A forge's stand-in by HTTPS, on this machine's loopback, with a certificate of the test's own authority. */

import { leafForNames, testAuthority } from "../egress/certificates.ts";
import { type Fault, misbehave } from "./fault.ts";
import { answerAsGitea } from "./gitea.ts";
import { World } from "./world.ts";

/** How a server of this world answers. */
export type Answer = (world: World, request: Request) => Promise<Response>;

/** Options of {@linkcode startForge}. */
export interface ForgeOptions {
  readonly answer?: Answer;
  /** Where it listens; default the loopback. */
  readonly hostname?: string;
}

/** A running server. */
export interface ForgeServer extends AsyncDisposable {
  readonly world: World;
  /** `https://localhost:PORT`. */
  readonly api: string;
  /** Of the authority: what a client needs as its extra CA. */
  readonly caPem: string;
  /** Asked for each request: what to do wrong with it. */
  fault: (request: Request) => Fault | undefined;
  /** The same, after the request was carried out. */
  faultAfter: (request: Request) => Fault | undefined;
  /** Called when a request was carried out, before it is answered: gives an ssh server the keys of now. */
  carriedOut: (request: Request) => Promise<void>;
}

/** Starts it: Gitea, unless told. */
export async function startForge(options: ForgeOptions = {}): Promise<ForgeServer> {
  const { answer = answerAsGitea, hostname = "127.0.0.1" } = options;
  const { ca } = await testAuthority();
  const { cert_pem: cert, key_pem: key } = await leafForNames(ca, ["localhost"]);
  const world = new World();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const server = Deno.serve(
    { hostname, port: 0, cert, key, onListen: () => {}, onError: () => new Response(null) },
    async (request) => {
      const before = forge.fault(request);
      const real = (): Promise<Response> => answer(world, request);
      if (before !== undefined) return await misbehave(before, real, closed);
      const answered = await real();
      await forge.carriedOut(request);
      const after = forge.faultAfter(request);
      return after === undefined
        ? answered
        : await misbehave(after, () => Promise.resolve(answered), closed);
    },
  );
  const forge: ForgeServer = {
    world,
    api: `https://localhost:${server.addr.port}`,
    caPem: ca.cert_pem,
    fault: () => undefined,
    faultAfter: () => undefined,
    carriedOut: () => Promise.resolve(),
    [Symbol.asyncDispose]: async () => {
      close();
      await server.shutdown();
    },
  };
  return forge;
}
