# For `sh -c`, with <folder> <limit> <count> <commit>... <path>...: tells how the work tree in <folder> stands, then prints a git
# bundle of what the <count> commits don't have. Uncommitted work of more than <limit> KiB is left out, and so are the paths: they were
# brought in without being committed. Runs in the guest as the agent's user, with the agent's git, on the agent's repository:
# nothing that it prints is believed. It changes neither index, nor refs, nor objects of the repository.
set -u
export LC_ALL=C GIT_NO_REPLACE_OBJECTS=1 GIT_OPTIONAL_LOCKS=0 GIT_PAGER=cat GIT_TERMINAL_PROMPT=0
folder=$1 limit=$2 count=$3
shift 3

echo 'bot-bottle-work 1'
stop() {
  echo "state $1"
  echo
  exit 0
}
command -v git > /dev/null || stop no-git
cd "$folder" 2> /dev/null || stop no-folder
top=$(git rev-parse --show-toplevel 2> /dev/null) || stop no-repository
# With its own .git gone a repository further up would answer.
[ "$top" = "$(pwd -P)" ] || stop no-repository
head=$(git rev-parse --verify --quiet 'HEAD^{commit}') || stop no-commit
store=$(git rev-parse --git-dir) && store=$(cd "$store" && pwd -P) || stop no-repository
objects=$(git rev-parse --git-path objects) && objects=$(cd "$objects" && pwd -P) || stop no-repository
scratch=$(mktemp -d "$store/bot-bottle.XXXXXX") || stop no-space
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

not=
while [ "$count" -gt 0 ]; do
  git cat-file -e "$1^{commit}" 2> /dev/null && not="$not ^$1"
  count=$((count - 1))
  shift
done

# What is made here goes into a repository of its own, which borrows the agent's objects.
format=$(git rev-parse --show-object-format 2> /dev/null || echo sha1)
[ "$format" = sha1 ] && set_format= || set_format=--object-format=$format
git init --quiet --bare --template= $set_format "$scratch/out" > /dev/null 2>&1 || stop no-space
# Deltas between big files take minutes, and save little: such files are mostly compressed already.
out="git --git-dir=$scratch/out -c core.hooksPath=/dev/null -c core.bigFileThreshold=4m -c pack.compression=1"
printf '%s\n' "$objects" > "$scratch/out/objects/info/alternates" || stop no-space
if [ -f "$(git rev-parse --git-path shallow)" ]; then
  cp "$(git rev-parse --git-path shallow)" "$scratch/out/shallow" || stop no-space
fi

# A commit of all that `git status` would name. Files that can't be added are left out, and said so.
own_objects() {
  GIT_INDEX_FILE="$scratch/index" GIT_OBJECT_DIRECTORY="$scratch/out/objects" \
    GIT_ALTERNATE_OBJECT_DIRECTORIES="$objects" \
    git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c advice.addEmbeddedRepo=false "$@" 2> /dev/null
}
uncommitted=
left_out=none
index=$(git rev-parse --git-path index)
if [ -f "$index" ] && cp "$index" "$scratch/index" && own_objects ls-files --cached > /dev/null; then
  :
else
  rm -f "$scratch/index"
  own_objects read-tree "$head" || left_out=failed
fi
own_objects add --all --ignore-errors -- . "$@" > /dev/null || left_out=some
if tree=$(own_objects write-tree); then
  if [ "$tree" != "$(git rev-parse "$head^{tree}")" ]; then
    uncommitted=$(
      echo 'Uncommitted work' | GIT_AUTHOR_NAME=bot-bottle GIT_AUTHOR_EMAIL=bot-bottle@localhost \
        GIT_COMMITTER_NAME=bot-bottle GIT_COMMITTER_EMAIL=bot-bottle@localhost \
        own_objects -c commit.gpgSign=false commit-tree -p "$head" "$tree"
    ) || left_out=failed
  fi
else
  left_out=failed
fi
if [ -n "$uncommitted" ] && [ "$(du -sk "$scratch/out/objects" | cut -f1)" -gt "$limit" ]; then
  uncommitted=
  left_out=too-big
fi

# Commits that only other branches, or the stash, have.
stash=$(git rev-parse --verify --quiet refs/stash || :)
elsewhere=$(git rev-list --count --branches $stash --not "$head" $(printf '%s\n' $not | tr -d '^') 2> /dev/null || echo 0)

$out update-ref refs/bot-bottle/head "$head" || stop no-space
refs=refs/bot-bottle/head
if [ -n "$uncommitted" ]; then
  $out update-ref refs/bot-bottle/uncommitted "$uncommitted" || stop no-space
  refs="$refs refs/bot-bottle/uncommitted"
fi

echo 'state ok'
echo "head $head"
echo "branch $(git symbolic-ref --quiet HEAD | cut -c 1-300)"
echo "uncommitted $uncommitted"
echo "left-out $left_out"
echo "elsewhere $elsewhere"
if [ -n "$($out rev-list -1 $refs $not 2> /dev/null)" ]; then
  echo 'bundle yes'
  echo
  $out bundle create - $refs $not 2> /dev/null
else
  echo 'bundle no'
  echo
fi
