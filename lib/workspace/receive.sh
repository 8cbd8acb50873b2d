# The guest's part of bringing a repository in, as node: makes the repository out of a bundle that comes on stdin.
# stdin: the commits whose parents are not there, one a line; an empty line; the bundle.
set -eu
# Then, for each remote: its name, its url, the ref there that the branch follows or nothing.
folder=$1 branch=$2 base=$3 name=$4 email=$5
shift 5

if [ -e "$folder" ] && [ -n "$(ls -A -- "$folder")" ]; then
  echo "\"$folder\" is there already, and not empty" >&2
  exit 1
fi
format=
# An older git knows no other format, nor the option.
[ "${#base}" -ne 64 ] || format=--object-format=sha256
# No template: an image's own could bring hooks.
git init --quiet --template= ${format:+"$format"} -- "$folder"
cd -- "$folder"
while IFS= read -r commit && [ -n "$commit" ]; do
  echo "$commit" >> .git/shallow
done
# A pipe of our own: node may not open the engine's by its name.
cat | git bundle unbundle /dev/stdin > /dev/null
git symbolic-ref HEAD "refs/heads/$branch"
git update-ref "refs/heads/$branch" "$base"
# Files of Git LFS stay the pointers that they are: their contents are not here.
GIT_LFS_SKIP_SMUDGE=1 git reset --quiet --hard
# Who commits, where neither the bottle nor the image says so.
git config user.name > /dev/null || git config user.name "$name"
git config user.email > /dev/null || git config user.email "$email"
# Without a branch to follow, the first push makes one of the same name.
[ "$#" -eq 0 ] || git config push.autoSetupRemote true
while [ "$#" -gt 0 ]; do
  git remote add -- "$1" "$2"
  if [ -n "$3" ]; then
    git config "branch.$branch.remote" "$1"
    git config "branch.$branch.merge" "$3"
  fi
  shift 3
done
