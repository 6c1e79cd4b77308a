/**
 * The page's content security policy: nothing but its own files, and connections to the nodes a person names. In the
 * page itself, so that it holds on any host, and in the header of our own server.
 */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Wallets announce themselves with an icon in a data: URL (EIP-6963).
  "img-src 'self' data:",
  "connect-src 'self' http: https: ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
