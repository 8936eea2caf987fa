/** A certificate of a.example and b.example that its own key signed; for tests on this machine and worth nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const testCertificate = readFileSync(join(import.meta.dirname, "tls-certificate.pem"), "utf8");

export const testKey = readFileSync(join(import.meta.dirname, "tls-key.pem"), "utf8");
