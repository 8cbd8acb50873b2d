/** The public suffix list: tells `*.co.uk`, which is everybody's, from `*.example.co.uk`. */
export { getPublicSuffix } from "npm:tldts@7.5.5";
