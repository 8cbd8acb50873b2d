/** What the stand-in serves: a repository, a wheel and a crate, all called widget. */

/** Where it lies in the container. */
export const CONTENTS = "/srv/contents";

/** The wheel's file name. */
export const WHEEL = "widget-1.0-py3-none-any.whl";

/** Pushes are on: where one is refused, it was not here. */
const SCRIPT = `set -eu
mkdir -p ${CONTENTS} && cd ${CONTENTS}

git init --quiet --bare --initial-branch main repository.git
git -C repository.git config http.receivepack true
git init --quiet --initial-branch main work
cd work
echo "A widget" >README.md
git add README.md
git -c user.name=Test -c user.email=test@example.com commit --quiet --message "A widget"
git push --quiet ../repository.git main
cd ..

python3 - <<'END'
import zipfile
with zipfile.ZipFile("${WHEEL}", "w") as wheel:
    wheel.writestr("widget.py", "ANSWER = 42\\n")
    info = "widget-1.0.dist-info/"
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: widget\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
END

mkdir -p widget-1.0.0/src
printf '[package]\\nname = "widget"\\nversion = "1.0.0"\\nedition = "2021"\\n' >widget-1.0.0/Cargo.toml
echo 'pub fn answer() -> u8 { 42 }' >widget-1.0.0/src/lib.rs
tar -czf widget-1.0.0.crate widget-1.0.0
`;

/** Makes them. */
export async function makeContents(): Promise<void> {
  await run("bash", ["-c", SCRIPT]);
}

/** A file of {@linkcode CONTENTS}. */
export async function readContent(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(`${CONTENTS}/${name}`);
}

/** The repository as an archive. */
export async function archiveRepository(): Promise<Uint8Array<ArrayBuffer>> {
  return await run("git", [
    "-C",
    `${CONTENTS}/repository.git`,
    "archive",
    "--format=tar.gz",
    "main",
  ]);
}

/** In lower-case hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function run(program: string, args: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}
