/** Addresses by another's hand, to compare ours with; tests only. */
export { default as ipaddr } from "npm:ipaddr.js@2.5.0";
