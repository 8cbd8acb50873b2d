# Runs in a throw-away container of a guest image, as uid 1000. Arguments: the guest's home, the PATH of uid 0, then programs
# that must be on the image's PATH. Prints "lacks <what>" for each thing that a bottle needs and that isn't there, and "end" when all was looked at.
dir=$1 system=$2
shift 2
seen='' uid='' home=''
# As the engine reads it, which looks the user up at the start: the first line of the name, blanks around the line left out.
while IFS=: read -r name _ id _ _ path _ || [ -n "$name" ]; do
  name=${name#"${name%%[![:space:]]*}"}
  if [ "$name" = node ] && [ -z "$seen" ]; then seen=1 uid=$id home=$path; fi
done < /etc/passwd
[ "$uid" = 1000 ] || echo 'lacks user'
[ -d "$dir" ] && [ -w "$dir" ] && [ "$home" = "$dir" ] || echo 'lacks home'
# It starts before the network is sealed: only these folders, and no library of its own, are looked at for what an agent changed.
sleep=''
case $(readlink -f /bin/sleep) in /bin/?* | /usr/bin/?* | /lib*/?* | /usr/lib*/?*) sleep=there ;; esac
[ -x /bin/sleep ] && [ -n "$sleep" ] || echo 'lacks sleep'
[ ! -s /etc/ld.so.preload ] || echo 'lacks preload'
case $(PATH=$system tar --version 2> /dev/null) in *'GNU tar'*) ;; *) echo 'lacks tar' ;; esac
for program in "$@"; do
  command -v "$program" > /dev/null || echo "lacks program $program"
done
echo end
