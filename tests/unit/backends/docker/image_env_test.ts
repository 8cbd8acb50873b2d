import { deepEqual } from "node:assert/strict";
import { blankArgs, blankedVariables } from "../../../../backends/docker/image_env.ts";

Deno.test("blankedVariables are those of the loader, the shell's start, proxies and trust", () => {
  const blanked = [
    ...["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GCONV_PATH", "GLIBC_TUNABLES", "LOCPATH"],
    ...["BASH_ENV", "ENV", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "ftp_proxy"],
    ...["npm_config_proxy", "npm_config_https_proxy", "NPM_CONFIG_HTTP_PROXY", "RSYNC_PROXY"],
    ...["NODE_TLS_REJECT_UNAUTHORIZED", "SSL_CERT_FILE", "BOT_BOTTLE_SLUG", "NO_PROXY"],
  ];
  const kept = ["PATH", "HOME", "USER", "LANG", "NODE_VERSION", "ENVIRONMENT", "MY_PROXY", "OLD_X"];
  deepEqual(blankedVariables([...blanked, ...kept]), blanked);
});

Deno.test("blankArgs blanks by an empty value: a bare name would take our own environment's", () => {
  deepEqual(blankArgs(["PATH", "LD_PRELOAD"]), ["--env", "LD_PRELOAD="]);
});
