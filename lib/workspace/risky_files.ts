/** Files that a machine may obey when their folder is opened, entered or built: worth a look before one does that. */

import type { ChangedFile } from "./changes.ts";

/** One to look at. */
export interface RiskyFile {
  /** The agent's text: escape it before it is shown. */
  readonly path: string;
  /** When it runs, or what it changes. */
  readonly why: string;
}

type Rule = readonly [pattern: RegExp, why: string];

/** The part before a file's name. */
const ANY = String.raw`(?:^|/)`;

const RULES: readonly Rule[] = [
  [
    new RegExp(`${ANY}\\.gitattributes$`),
    "filters and diff drivers that your git has run for what it names",
  ],
  [
    new RegExp(
      `${ANY}(?:\\.husky|\\.githooks|\\.git-hooks|lefthook)/|${ANY}(?:lefthook\\.ya?ml|\\.lefthook\\.ya?ml|\\.pre-commit-config\\.yaml)$`,
    ),
    "hooks that run when you commit, where they are set up",
  ],
  [
    /(?:^|\/)\.vscode\/(?:tasks|launch|settings|extensions)\.json$|\.code-workspace$/,
    "an editor may run it when the folder is opened",
  ],
  [/(?:^|\/)\.(?:idea|fleet|zed)\//, "an editor may run it when the folder is opened"],
  [
    /(?:^|\/)\.devcontainer(?:\/|\.json$)/,
    "an editor may build and run it when the folder is opened",
  ],
  [
    /(?:^|\/)(?:\.envrc|\.env\.local|\.tool-versions|\.?mise(?:\.\w+)?\.toml)$/,
    "a shell may load it when you enter the folder",
  ],
  [
    /^(?:\.github\/(?:workflows|actions)\/|\.gitlab-ci\.ya?ml$|\.circleci\/|\.buildkite\/|\.forgejo\/workflows\/|\.gitea\/workflows\/|azure-pipelines\.ya?ml$|Jenkinsfile$|\.travis\.ya?ml$)/,
    "runs in your CI, with its secrets, once it is pushed",
  ],
  [
    /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|\.bunfig\.toml|bunfig\.toml|pip\.conf|\.cargo\/config(?:\.toml)?|build\.rs|setup\.py|conftest\.py|binding\.gyp)$/,
    "runs, or says what runs, when you install, build or test",
  ],
  [
    /(?:^|\/)(?:GNUmakefile|[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml|CMakeLists\.txt|Dockerfile|Rakefile|build\.gradle(?:\.kts)?|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|\.mvn\/.*)$/,
    "runs when you build",
  ],
  [
    /(?:^|\/)(?:CLAUDE(?:\.local)?\.md|AGENTS\.md|GEMINI\.md|\.mcp\.json|\.cursorrules)$|(?:^|\/)\.(?:claude|codex|cursor|gemini)\/|^\.github\/copilot-instructions\.md$/,
    "coding agents on your machine obey it",
  ],
];

/** The files among these that are there after the change, each with its first reason. `package.json` is looked into elsewhere. */
export function riskyFiles(files: readonly ChangedFile[]): readonly RiskyFile[] {
  return files.flatMap(({ path, status }) => {
    if (status === "deleted") return [];
    const rule = RULES.find(([pattern]) => pattern.test(path));
    return rule === undefined ? [] : [{ path, why: rule[1] }];
  });
}

/** Whether a path is of a package's manifest, whose scripts npm runs. */
export function isPackageManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path);
}

/**
 * Whether two texts of a `package.json` have different scripts. One that can't be read differs from all.
 *
 * @param before null: there was none
 */
export function hasNewScripts(before: string | null, after: string): boolean {
  const scripts = (text: string): string => {
    const parsed: unknown = JSON.parse(text);
    const isObject = typeof parsed === "object" && parsed !== null && "scripts" in parsed;
    return JSON.stringify(isObject ? parsed.scripts : {});
  };
  try {
    return scripts(after) !== (before === null ? "{}" : scripts(before));
  } catch {
    return true;
  }
}
