# Runs in the agent's container before the agent does. Arguments: proxy address, proxy port, gateway, an address
# outside, its port, placeholder, a name to be denied. Prints one "name=value" a finding; judges nothing. Needs bash and nothing else.
export LC_ALL=C
proxy=$1 port=$2 gateway=$3 outside=$4 outside_port=$5 placeholder=$6 denied=$7

# A datagram that is not for the bundle: the kernel itself must refuse it. Where it goes out unseen, nothing else tells.
if told=$({ echo > "/dev/udp/$gateway/9"; } 2>&1); then echo sealed=no; else echo "sealed=$told"; fi

# Every host of the site, by IPv6: a device that has the family takes it, and one without has no way there.
if told=$({ echo > "/dev/udp/ff05::1/9"; } 2>&1); then echo ipv6=out; else echo "ipv6=$told"; fi

# Bash's own words for how a connection went, or "pending".
exec 4< <({ exec 3<> "/dev/tcp/$gateway/$outside_port" && echo connected; } 2>&1)
exec 5< <({ exec 3<> "/dev/tcp/$outside/$outside_port" && echo connected; } 2>&1)

# ask NAME REQUEST: the status line, the block header and the body's first line of the proxy's answer.
ask() {
  local name=$1 line status='' block='' body=''
  if ! exec 6<> "/dev/tcp/$proxy/$port"; then
    echo "$name-status=unreachable"
    return
  fi
  printf '%b' "$2" >&6
  IFS= read -r -t 10 -u 6 status
  while IFS= read -r -t 10 -u 6 line; do
    line=${line%$'\r'}
    [ -n "$line" ] || break
    case ${line,,} in x-bot-bottle-block:*) block=${line#*:} ;; esac
  done
  IFS= read -r -t 10 -u 6 body
  exec 6>&-
  printf '%s\n' "$name-status=${status%$'\r'}" "$name-block=${block# }" "$name-body=${body%$'\r'}"
}

ask denied "CONNECT $denied:443 HTTP/1.1\r\nHost: $denied:443\r\n\r\n"
ask swap "GET http://_egress.local/self-test HTTP/1.1\r\nHost: _egress.local\r\nAuthorization: Bearer $placeholder\r\nConnection: close\r\n\r\n"

told=pending; IFS= read -r -t 1 -u 4 told || told=${told:-pending}
echo "gateway=$told"
told=pending; IFS= read -r -t 1 -u 5 told || told=${told:-pending}
echo "outside=$told"

# Whoever answered ARP is alive, whatever became of the connection: flag 0x2 is a complete entry.
while read -r address _ flags _; do
  [ "$flags" = 0x2 ] && echo "neighbour=$address"
done < /proc/net/arp
echo end=1
