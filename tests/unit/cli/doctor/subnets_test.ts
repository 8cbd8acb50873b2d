import { deepEqual, equal, ok } from "node:assert/strict";
import { parseRanges } from "../../../../backends/docker/subnets.ts";
import { judgeSubnets } from "../../../../cli/doctor/checks/subnets.ts";
import {
  interfaceBlocks,
  parseNetworks,
  parseRoutes,
  type TakenBlock,
} from "../../../../cli/doctor/routes.ts";
import { printCidr } from "../../../../lib/egress/host/cidr.ts";

const shown = (blocks: readonly TakenBlock[]): readonly string[] =>
  blocks.map(({ block, whose }) => `${printCidr(block)} ${whose}`);

Deno.test("parseNetworks tells bottles' networks from others, and leaves out what is no IPv4", () => {
  const text = "bridge\t-\t172.17.0.0/16 \n" +
    "bot-bottle-a-inner\tours\t10.213.0.0/29 \n" +
    "bot-bottle-b-inner\ttheirs\t10.213.0.8/29 \n" +
    "six\t-\tfd00::/64 10.9.0.0/24 \nhost\t-\t\n\n";
  deepEqual(parseNetworks(text).map(({ kind, block }) => `${kind} ${printCidr(block)}`), [
    "network 172.17.0.0/16",
    "bottle 10.213.0.0/29",
    "bottle 10.213.0.8/29",
    "network 10.9.0.0/24",
  ]);
  equal(parseNetworks(text)[0]?.whose, `the engine's network "bridge"`);
});

Deno.test("parseRoutes reads the kernel's table, but for the default route and what is broken", () => {
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n";
  const row = (device: string, destination: string, mask: string): string =>
    `${device}\t${destination}\t00000000\t0003\t0\t0\t0\t${mask}\t0\n`;
  const text = head + row("eth0", "00000000", "00000000") + row("tun0", "0000000A", "000000FF") +
    row("docker0", "000011AC", "0000FFFF") + row("wg0", "0002000A", "00FFFFFF") +
    row("odd", "0000000A", "00FF00FF") + row("short", "0A", "FF") + "\n";
  deepEqual(shown(parseRoutes(text)), [
    "10.0.0.0/8 a route of the engine's host (tun0)",
    "172.17.0.0/16 a route of the engine's host (docker0)",
    "10.0.2.0/24 a route of the engine's host (wg0)",
  ]);
  deepEqual(parseRoutes(""), []);
});

Deno.test("interfaceBlocks takes an interface's network from its address", () => {
  deepEqual(
    shown(interfaceBlocks([
      { name: "lo", family: "IPv4", cidr: "127.0.0.1/8" },
      { name: "tun0", family: "IPv4", cidr: "10.213.7.9/20" },
      { name: "eth0", family: "IPv6", cidr: "fd00::2/64" },
    ])),
    [`10.213.0.0/20 this machine's interface "tun0"`],
  );
});

Deno.test("judgeSubnets finds each overlap once, and how bad it is", () => {
  const ranges = parseRanges("10.213.0.0/16");
  const network = (cidr: string): TakenBlock[] => [...parseNetworks(`n\t-\t${cidr}`)];
  const bottle = (cidr: string): TakenBlock[] => [...parseNetworks(`n\thome\t${cidr}`)];
  const here = (cidr: string): TakenBlock[] => [
    ...interfaceBlocks([{ name: "tun0", family: "IPv4", cidr }]),
  ];
  const cases: readonly [readonly TakenBlock[], readonly string[], RegExp][] = [
    [[], ["ok"], /10\.213\.0\.0\/16 is free for bottles: 0 in use, room for 8192 more/],
    [bottle("10.213.4.0/29"), ["ok"], /1 in use, room for 8191 more/],
    [network("172.17.0.0/16"), ["ok"], /free/],
    [network("10.213.4.0/24"), ["note"], /bottles get the rest/],
    [network("10.0.0.0/8"), ["note", "problem"], /overlaps/],
    [network("10.213.0.0/16"), ["note", "problem"], /overlaps/],
    [here("10.8.0.5/8"), ["warning"], /overlaps 10\.0\.0\.0\/8, this machine's interface "tun0"/],
    [[...network("10.213.4.0/24"), ...here("10.213.4.1/24")], ["note"], /the engine's network/],
    [[...here("10.213.4.1/24"), ...here("10.1.1.1/8")], ["warning"], /10\.0\.0\.0\/8/],
  ];
  for (const [taken, levels, text] of cases) {
    const findings = judgeSubnets(ranges, taken);
    deepEqual(findings.map(({ level }) => level), levels, shown(taken).join());
    ok(text.test(findings[0]?.text ?? ""), findings[0]?.text);
  }
  const two = judgeSubnets(parseRanges("10.213.0.0/16,10.77.0.0/24"), network("10.213.0.0/16"));
  deepEqual(two.map(({ level, facts }) => [level, facts["room"]]), [["note", 32]]);
  const small = parseRanges("10.77.0.0/29");
  equal(
    judgeSubnets(small, bottle("10.77.0.0/29")).at(-1)?.text,
    "10.77.0.0/29 has no room for bottles",
  );
  equal(judgeSubnets(small, network("10.77.0.4/30")).at(-1)?.level, "problem");
});
