/** Where the bottle's certificate lies in a guest; the guest's variables point here. */

/** The bottle's certificate alone. */
export const GUEST_CA_FILE = "/usr/local/share/ca-certificates/bot-bottle.crt";

/** The system's bundle with the bottle's certificate in it (Debian, Ubuntu, Alpine, Arch). */
export const GUEST_CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/** The bundle as the image had it: what a new certificate is added to, so that an old one goes. */
export const GUEST_CA_BASE = "/usr/local/share/bot-bottle/ca-base.crt";
