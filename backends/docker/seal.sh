# Runs beside the agent, in its network namespace, before it does. Argument: the bundle's address. From then on the
# kernel passes nothing that is not for the bundle or from it, whatever socket it comes from. Prints which of the
# kernel's tables took the rules.
rules="*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT DROP [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -s $1/32 -j ACCEPT
-A OUTPUT -o lo -j ACCEPT
-A OUTPUT -d $1/32 -j ACCEPT
-A OUTPUT -p tcp -j REJECT --reject-with tcp-reset
COMMIT"

# A kernel has one of the two, or both.
for tables in iptables-nft iptables-legacy; do
  if told=$(printf '%s\n' "$rules" | "$tables-restore" --wait 5 2>&1); then echo "$tables"; exit 0; fi
  printf '%s: %s\n' "$tables" "$told" >&2
done
exit 1
