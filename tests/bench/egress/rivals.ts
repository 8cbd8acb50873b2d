/** The programs to compare with: Debian's packages. */

/** Part of squid-openssl. */
export const CERTIFICATE_HELPER = "/usr/lib/squid/security_file_certgen";

/** One rival and what it needs. */
interface Rival {
  readonly name: "mitmproxy" | "squid";
  readonly aptPackage: string;
  readonly programs: readonly string[];
}

const RIVALS: readonly Rival[] = [
  { name: "mitmproxy", aptPackage: "mitmproxy", programs: ["mitmdump"] },
  { name: "squid", aptPackage: "squid-openssl", programs: ["squid", CERTIFICATE_HELPER] },
];

/**
 * Which of them are there. As root on Debian or Ubuntu what lacks is installed, except in CI; elsewhere `say` gets the command that
 * installs it, and the bench does without.
 */
export async function findRivals(say: (line: string) => void): Promise<ReadonlySet<string>> {
  const missing = await missingRivals();
  if (missing.length > 0) {
    const packages = missing.map(({ aptPackage }) => aptPackage);
    const command = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
    if (Deno.uid() === 0 && Deno.env.get("CI") === undefined && await isProgram("apt-get")) {
      say(`Installing ${packages.join(" and ")}`);
      await run(["apt-get", "update", "-qq"]);
      await run(command);
    } else {
      say(`Without ${packages.join(" and ")}, as nothing is installed; ${command.join(" ")}`);
    }
  }
  const stillMissing = new Set((await missingRivals()).map(({ name }) => name));
  return new Set(RIVALS.map(({ name }) => name).filter((name) => !stillMissing.has(name)));
}

/** The version of each package, as dpkg has it. */
export async function rivalVersions(): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = {};
  for (const { name, aptPackage } of RIVALS) {
    const { stdout } = await output(["dpkg-query", "-W", "-f", "${Version}", aptPackage]);
    if (stdout !== "") versions[name] = stdout;
  }
  return versions;
}

async function missingRivals(): Promise<readonly Rival[]> {
  const missing: Rival[] = [];
  for (const rival of RIVALS) {
    const found = await Promise.all(rival.programs.map(isProgram));
    if (found.includes(false)) missing.push(rival);
  }
  return missing;
}

async function isProgram(name: string): Promise<boolean> {
  return (await output(["sh", "-c", 'command -v "$1"', "sh", name])).code === 0;
}

async function run(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await output(argv, { DEBIAN_FRONTEND: "noninteractive" });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr.slice(-1_000)}`);
}

async function output(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const decoder = new TextDecoder();
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], env })
      .output();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch {
    return { code: 127, stdout: "", stderr: `No program "${program}"` };
  }
}
