/** A program in the place of gitleaks, for its failures: a shell script that finds the canary, and the word FINDME. */

/** What it does besides. */
export type FakeFault =
  | "none"
  | "crash"
  | "killed"
  | "hang"
  | "rubbish"
  | "half a report"
  | "empty report"
  | "says nothing was found"
  | "error"
  | "skips a file"
  | "reads the first line only"
  | "names another file";

const FIND = `
report() { printf '%s' "$1" | sed 's/,$//' | sed '1s/^/[/; $s/$/]/'; }
rows=''
row() { rows="$rows{\\"RuleID\\":\\"$1\\",\\"Description\\":\\"$1\\",\\"File\\":\\"$2\\",\\"StartLine\\":$3,\\"EndLine\\":$3,\\"EndColumn\\":9},"; }
for file in "$source"/*; do
  while IFS=: read -r line rest; do row bot-bottle-canary "$file" "$line"; done <<EOF
$(LC_ALL=C grep -an "$canary" "$file")
EOF
  for line in $(LC_ALL=C grep -an FINDME "$file" | LC_ALL=C grep -av gitleaks:allow | cut -d: -f1); do row fake "$file" "$line"; done
done
`;

const HEAD = `#!/bin/bash
while [ $# -gt 0 ]; do
  case $1 in --source) source=$2 ;; --config) config=$2 ;; esac
  shift
done
canary=$(sed -n "s/^regex = '''\\(zq[0-9a-f]*\\)'''/\\1/p" "$config")
`;

const END = `report "$rows"; exit 42\n`;

const faults: Readonly<Record<FakeFault, string>> = {
  none: FIND + END,
  crash: "echo 'panic: runtime error' >&2; exit 2",
  killed: "kill -KILL $$",
  hang: "exec sleep 600",
  rubbish: "echo 'no leaks found'; exit 42",
  "half a report": `${FIND}report "$rows" | head -c 40; exit 42`,
  "empty report": "echo '[]'; exit 42",
  "says nothing was found": "echo '[]'; exit 0",
  error: `${FIND}report "$rows"; exit 1`,
  "skips a file": `rm "$source/0"; ${FIND}${END}`,
  "reads the first line only": `sed -i 2q "$source/0"; ${FIND}${END}`,
  "names another file": `${FIND}row fake /etc/passwd 1; ${END}`,
};

/** Writes it. @returns its path */
export async function writeFakeGitleaks(folder: string, fault: FakeFault): Promise<string> {
  const path = `${folder}/gitleaks`;
  await Deno.writeTextFile(path, `${HEAD}${faults[fault]}\n`, { mode: 0o755 });
  return path;
}
