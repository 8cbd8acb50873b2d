// Runs in the agent's container: looks each "TYPE:name" up and prints what the resolver says; "system" is getaddrinfo.
import dns from "node:dns/promises";
import process from "node:process";

for (const question of process.argv.slice(2)) {
  const [type = "", name = ""] = question.split(":");
  const asked = type === "system" ? dns.lookup(name) : ask(name, type);
  const said = await asked.then(JSON.stringify, (error) => error.code);
  process.stdout.write(`${said}\n`);
}

function ask(name: string, type: string): Promise<unknown> {
  switch (type) {
    case "AAAA":
      return dns.resolve6(name);
    case "TXT":
      return dns.resolveTxt(name);
    case "MX":
      return dns.resolveMx(name);
    case "SRV":
      return dns.resolveSrv(name);
    default:
      return dns.resolve4(name);
  }
}
