/** Secrets that the scan is told not to see. */

import type { GitCase } from "../case.ts";

const FOUND = /push-secret|a secret is in it/;
/** Each has other content: of files alike one is told. */
const add = (file: string): string =>
  `mkdir -p "$(dirname ${file})"; echo "${file} = $SECRET" >${file}`;

/** Names that the default configuration of gitleaks leaves out (config/gitleaks.toml, "allowlist"). */
const SKIPPED = [
  "logo.svg",
  "photo.jpg",
  "data.bin",
  "letter.docx",
  "archive.zip",
  "my.socket",
  "go.sum",
  "gradle.lockfile",
  "package-lock.json",
  "pnpm-lock.yaml",
  "Database.refactorlog",
  "node_modules/part/index.js",
  "vendor/github.com/part/part.go",
  "gitleaks.toml",
] as const;

/** What begins so is taken for something else than text. */
const MAGIC = [
  ["png", "\\211PNG\\r\\n\\032\\n"],
  ["gz", "\\037\\213\\010\\0"],
  ["zip", "PK\\003\\004"],
  ["elf", "\\177ELF\\002\\001\\001\\0"],
  ["bom", "\\357\\273\\277"],
  ["pdf", "%%PDF-1.7\\n"],
] as const;

/** All of them. */
export const hidingCases: readonly GitCase[] = [
  {
    line: "allow-comment",
    name: "at the end of the line",
    script: `echo "token = $SECRET # gitleaks:allow" >config.ini; commit -m Add; push`,
    says: /push-allow-comment|a comment in it hides/,
    reason: "push-allow-comment",
  },
  {
    line: "allow-comment",
    name: "in a message",
    script: `echo x >x; commit -m "Use $SECRET gitleaks:allow"; push`,
    says: /push-allow-comment|a comment in it hides|a secret is in it/,
  },
  {
    line: "allow-comment",
    name: "of another secret than the one that is told",
    script: `echo "a = $SECRET # gitleaks:allow" >a; echo "b = $SECRET" >b; commit -m Add; push`,
    says: FOUND,
    reason: "push-secret",
  },
  ...([
    {
      line: "attributes",
      name: "no diff",
      script: `echo '* -diff -text binary' >.gitattributes; ${add("s.txt")}; commit -m Add; push`,
    },
    {
      line: "attributes",
      name: "a diff driver and a filter of the repository's",
      script:
        `echo '* diff=none filter=none export-ignore working-tree-encoding=UTF-16' >.gitattributes; ${
          add("s.md")
        }
        git -c filter.none.clean=cat -c filter.none.required=false commit --quiet --allow-empty -m First
        id=$(git hash-object -w --no-filters s.md); git update-index --add --cacheinfo 100644,$id,s.md
        id=$(git hash-object -w --no-filters .gitattributes); git update-index --add --cacheinfo 100644,$id,.gitattributes
        git commit --quiet -m Add; push`,
    },
    {
      line: "attributes",
      name: "attributes of an earlier push",
      first: "echo '*.txt -diff binary' >.gitattributes; commit -m Attributes; push --quiet",
      script: `${add("s.txt")}; commit -m Add; push`,
    },
    {
      line: "own-rules",
      name: ".gitleaks.toml that allows all",
      script: `printf '[allowlist]\\npaths = ["""."""]\\nregexes = ["""."""]\\n' >.gitleaks.toml; ${
        add("s.txt")
      }; commit -m Add; push`,
    },
    {
      line: "own-rules",
      name: ".gitleaksignore, and a baseline",
      script: `${add("s.txt")}; commit -m Add
        printf '%s\\n' "$(git rev-parse HEAD):s.txt:github-pat:1" s.txt:github-pat:1 >.gitleaksignore; commit -m Ignore; push`,
    },
  ] satisfies readonly Omit<GitCase, "says" | "reason">[]).map((one): GitCase => ({
    ...one,
    says: FOUND,
    reason: "push-secret",
  })),
  {
    line: "skipped-name",
    name: "each of those that gitleaks leaves out",
    script: `${SKIPPED.map(add).join("\n")}
      commit -m Add; push`,
    says: allOf(SKIPPED),
    reason: "push-secret",
  },
  {
    line: "magic-bytes",
    name: "each of six kinds",
    script: `${
      MAGIC.map(([kind, bytes]) =>
        `printf '${bytes}\\n' >s.${kind}; echo "token = $SECRET" >>s.${kind}`
      )
        .join("\n")
    }
      commit -m Add; push`,
    says: allOf(MAGIC.map(([kind]) => `s.${kind}`)),
    reason: "push-secret",
  },
];

/** Fits what names each of these files. */
function allOf(files: readonly string[]): RegExp {
  const parts = files.map((file) => `(?=.*${file.replaceAll(".", "\\.")}:)`);
  return new RegExp(parts.join(""), "s");
}
