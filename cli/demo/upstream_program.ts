/**
 * The demo's upstream: an HTTPS server in a container of its own that tells whom it saw, by the hash of the credential.
 * Certificate and key come on stdin, so that they are in no argument and in no environment.
 */

const { cert_pem: cert, key_pem: key }: { cert_pem: string; key_pem: string } = await new Response(
  Deno.stdin.readable,
).json();

Deno.serve(
  {
    port: 443,
    cert,
    key,
    onListen: () => void Deno.stdout.write(new TextEncoder().encode("ready\n")),
  },
  async (request) => {
    const seen = new TextEncoder().encode(request.headers.get("authorization") ?? "");
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", seen));
    return Response.json({
      path: new URL(request.url).pathname,
      credential_sha256: digest.toHex(),
    });
  },
);
