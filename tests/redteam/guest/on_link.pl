# Runs in the agent's container: sends a text by UDP past the routing table, as if each address were on the network's
# own link. Needs no capability. Arguments: text, port, addresses.
use Socket;
my ($text, $port, @addresses) = @ARGV;
use constant { DONTROUTE => 5, BROADCAST => 6, BINDTODEVICE => 25 };
for my $address (@addresses) {
  socket(my $socket, AF_INET, SOCK_DGRAM, 17) or die "socket: $!\n";
  setsockopt($socket, SOL_SOCKET, BINDTODEVICE, "eth0\0");
  setsockopt($socket, SOL_SOCKET, DONTROUTE, pack("i", 1));
  setsockopt($socket, SOL_SOCKET, BROADCAST, pack("i", 1));
  for (1 .. 3) {
    send($socket, $text, 0, sockaddr_in($port, inet_aton($address)));
    select(undef, undef, undef, 0.1);
  }
}
