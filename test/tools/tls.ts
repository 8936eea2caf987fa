/** A certificate of a.example and b.example that its own key signed; for tests on this machine and worth nothing else. */
const pem = (label: string, lines: readonly string[]) =>
  [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");

export const testCertificate = pem("CERTIFICATE", [
  "MIIBYjCCAQigAwIBAgIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDAR0ZXN0MCAX",
  "DTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDDAR0ZXN0",
  "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEE+ijGH9pMusXPg0IVi222Hq36hBs",
  "NwcrnQd7BtCTVneJznOzL1qumh9pvAB6XbX3u6iHcIbWgBqLAfRDzYXJq6NTMFEw",
  "HwYDVR0RBBgwFoIJYS5leGFtcGxlggliLmV4YW1wbGUwDwYDVR0TAQH/BAUwAwEB",
  "/zAdBgNVHQ4EFgQUkXHDLqopuOovEm3jA6kVg4yCjPYwCgYIKoZIzj0EAwIDSAAw",
  "RQIhAPxe8HovDmowsyYl9XGXpcgJcQAA8Z7s6hzMjcCh+XukAiALgv0pLn2uiMf2",
  "kC1SYDbWTccB+bqHwY2EtpZoEKKcFA==",
]);

export const testKey = pem("PRIVATE KEY", [
  "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9paeSOrTXARDz2n7",
  "OLhDwlW5Bgm46FRypESLcI3I7O+hRANCAAQT6KMYf2ky6xc+DQhWLbbYerfqEGw3",
  "ByudB3sG0JNWd4nOc7MvWq6aH2m8AHpdtfe7qIdwhtaAGosB9EPNhcmr",
]);
