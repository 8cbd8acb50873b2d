# Runs in a throw-away container of a guest image, as uid 1000. Arguments: the guest's home, then programs that must be
# on PATH. Prints "lacks <what>" for each thing that a bottle needs and that isn't there, and "end" when all was looked at.
dir=$1
shift
uid='' home=''
while IFS=: read -r name _ id _ _ path _; do
  if [ "$name" = node ]; then uid=$id home=$path; fi
done < /etc/passwd
[ "$uid" = 1000 ] || echo 'lacks user'
[ -d "$dir" ] && [ -w "$dir" ] && [ "$home" = "$dir" ] || echo 'lacks home'
[ -x /bin/sleep ] || echo 'lacks sleep'
case $(tar --version 2> /dev/null) in *'GNU tar'*) ;; *) echo 'lacks tar' ;; esac
for program in "$@"; do
  command -v "$program" > /dev/null || echo "lacks program $program"
done
echo end
