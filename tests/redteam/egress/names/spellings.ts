/** Names that two parsers read differently. Every name below `localhost` leads to the sink: whatever is let through arrives. */

import { type Case, type Group, passes, refused } from "../case.ts";
import { handshake, inBareTunnel, inTunnel, say } from "../moves.ts";
import type { ThreatId } from "../../threats.ts";
import { clientHello } from "../raw_hello.ts";

type Row = readonly [line: ThreatId, technique: string, host: string];

/** `{open:name}` is allowed, `{denied:name}` is not. Bytes that no host has. */
const bytes: readonly Row[] = [
  ["host-nul", "the allowed name behind it", "{denied:name}\0.{open:name}"],
  ["host-nul", "at the end", "{open:name}\0"],
  ["host-cr", "the allowed name behind it", "{denied:name}\r.{open:name}"],
  ["host-lf", "the allowed name behind it", "{denied:name}\n.{open:name}"],
  ["host-tab", "the allowed name behind it", "{denied:name}\t.{open:name}"],
  ["host-tab", "a space instead", "{denied:name} .{open:name}"],
  ["host-tab", "a vertical tab instead", "{denied:name}\x0b.{open:name}"],
  ["host-tab", "a no-break space instead", "{denied:name}\xa0.{open:name}"],
  ["host-percent", "%00", "{denied:name}%00.{open:name}"],
  ["host-percent", "%0d%0a", "{open:name}%0d%0a"],
  ["host-percent", "%2e for a dot", "x%2e{open:name}"],
  ["host-percent", "%2f before the allowed name", "{denied:name}%2f.{open:name}"],
  ["host-percent", "a letter", "%78.{open:name}"],
  ["host-at", "the denied name as user", "{denied:name}@{open:name}"],
  ["host-at", "the allowed name as user", "{open:name}@{denied:name}"],
  ["host-at", "twice", "a@{denied:name}@{open:name}"],
  ["host-hash", "#, the allowed name behind it", "{denied:name}#.{open:name}"],
  ["host-hash", "?, the allowed name behind it", "{denied:name}?.{open:name}"],
  ["host-hash", ";, the allowed name behind it", "{denied:name};.{open:name}"],
  ["host-backslash", "the allowed name behind it", "{denied:name}\\.{open:name}"],
  ["host-backslash", "before @", "{denied:name}\\@{open:name}"],
  ["host-fullwidth", "U+FF0E for a dot", "x\xef\xbc\x8e{open:name}"],
  ["host-fullwidth", "U+3002 for a dot", "x\xe3\x80\x82{open:name}"],
  ["host-fullwidth", "U+FF61 for a dot", "x\xef\xbd\xa1{open:name}"],
  ["host-fullwidth", "a fullwidth letter", "\xef\xbd\x81.{open:name}"],
  ["host-fullwidth", "a soft hyphen", "x\xc2\xad.{open:name}"],
  ["host-fullwidth", "a zero-width space", "x\xe2\x80\x8b.{open:name}"],
  ["host-punycode", "a name beyond ASCII, in UTF-8", "b\xc3\xbccher.{open:name}"],
  ["host-punycode", "xn-- that is none", "xn--a.{open:name}"],
  ["host-punycode", "xn-- of plain ASCII", "xn--abc-.{open:name}"],
  ["host-punycode", "xn-- alone", "xn--.{open:name}"],
  ["host-dot", "two at the end", "{open:name}.."],
  ["host-dot", "one at the beginning", ".{open:name}"],
  ["host-dot", "an empty label", "x..{open:name}"],
  ["host-other", "an underscore", "a_b.{open:name}"],
  ["host-other", "a star", "*.{open:name}"],
  ["host-other", "a comma", "{denied:name},{open:name}"],
  ["host-other", "a hyphen begins a label", "-x.{open:name}"],
  ["host-other", "a hyphen ends a label", "x-.{open:name}"],
  ["host-other", "a label of 64", `${"a".repeat(64)}.{open:name}`],
  ["host-other", "a name of over 253", `${"a.".repeat(120)}{open:name}`],
  ["host-other", "brackets", "[{open:name}]"],
  ["host-other", "a quote", "x'.{open:name}"],
];

/** Good names, and not the ones that a route names. */
const strangers: readonly Row[] = [
  ["host-look-alike", "a hyphen in the place of the dot", "evil-open.localhost"],
  ["host-look-alike", "nothing in the place of the dot", "evilopen.localhost"],
  ["host-look-alike", "the wildcard's own suffix", "open.localhost"],
  ["host-look-alike", "a letter more", "x.openn.localhost"],
  ["host-look-alike", "a letter less", "x.pen.localhost"],
  ["host-look-alike", "a zero for o", "x.0pen.localhost"],
  ["host-suffix", "the allowed name as a subdomain", "{open:name}.denied.localhost"],
  ["host-suffix", "the suffix as a subdomain", "open.localhost.denied.localhost"],
  ["host-suffix", "its last label dropped", "x.open"],
  ["host-punycode", "a look-alike that punycode stands for", "x.xn--pen-red.localhost"],
];

const forms = [
  ["CONNECT", "CONNECT H:T HTTP/1.1\r\nHost: H:T\r\n\r\n"],
  ["URI", "GET http://H:P/ HTTP/1.1\r\nHost: H:P\r\n\r\n"],
] as const;

/** A Host field is compared with the place that is known already. */
const inHost = "GET / HTTP/1.1\r\nHost: H:T\r\n\r\n";

function written(form: string, host: string): Case["run"] {
  return async (stage) => {
    const { tls, http } = stage.ports;
    const text = form.replaceAll("H:T", `${host}:${tls}`).replaceAll("H:P", `${host}:${http}`);
    return await (form === inHost ? inTunnel("{open}", text) : say(text))(stage);
  };
}

function cases(rows: readonly Row[], reason: "protocol" | "host-not-allowed"): Case[] {
  return rows.flatMap(([line, technique, host]) =>
    forms.map(([place, form]) => ({
      line,
      technique,
      place,
      run: written(form, host),
      expect: refused(reason),
    }))
  );
}

/** In a ClientHello's server name, by hand: no TLS library sends such. */
function inServerName([line, technique, host]: Row): Case {
  return {
    line,
    technique,
    place: "server name",
    run: async (stage) => await inBareTunnel("{open}", clientHello(stage.fill(host)))(stage),
    expect: refused("protocol"),
  };
}

/** Other spellings of the same name: one name goes out. */
const same: readonly Case[] = [
  ["host-case", "upper case", "{open:name}", (name: string) => name.toUpperCase()],
  ["host-case", "mixed case", "{open:name}", (name: string) => name.replace("open", "oPeN")],
  ["host-dot", "one at the end", "{open:name}", (name: string) => `${name}.`],
].flatMap(([line, technique, host, change]) =>
  forms.map(([place, form]): Case => ({
    line: line === "host-dot" ? "host-dot" : "host-case",
    technique: `${technique}`,
    place,
    run: async (stage) => {
      const name = typeof change === "function" ? change(stage.fill(`${host}`)) : "";
      if (place === "URI") return await written(form, name)(stage);
      const to = `${name}:${stage.ports.tls}`;
      const get = `GET / HTTP/1.1\r\nHost: ${to}\r\n\r\n`;
      return await inTunnel(to, get, { serverName: stage.fill("{open:name}") })(stage);
    },
    expect: passes({ has: [place === "URI" ? "Host: {open:http}\r\n" : "Host: {open}\r\n"] }),
  }))
);

/** Spellings. */
export const spellings: Group = {
  title: "names of hosts",
  cases: [
    ...cases(bytes, "protocol"),
    ...cases(strangers, "host-not-allowed"),
    ...bytes.filter(([, , host]) => !host.includes("\n")).map(([line, technique, host]): Case => ({
      line,
      technique,
      place: "Host",
      run: written(inHost, host),
      expect: refused("protocol"),
    })),
    ...bytes.filter(([line]) => line === "host-nul" || line === "host-dot").map(inServerName),
    ...same,
    {
      line: "host-case",
      technique: "upper case",
      place: "server name",
      run: async (stage) =>
        await handshake(stage.fill("{open}"), stage.fill("{open:name}").toUpperCase())(stage),
      expect: passes({ has: ["Host: {open}\r\n"] }),
    },
  ],
};
