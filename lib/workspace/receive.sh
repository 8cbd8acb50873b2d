# The guest's part of bringing a repository in, as node: makes the repository out of a bundle that comes on stdin.
# stdin: the commits whose parents are not there, one a line; an empty line; the bundle.
set -eu
folder=$1 branch=$2 base=$3 name=$4 email=$5

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
