/** Who may reach a server on the loopback interface: whoever has its token, and no page in a browser by a name of its own. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readText, writeAtomically } from "../../host/files.ts";
import type { HttpReply, HttpRequest } from "../../host/http-server.ts";
import { checkPrivateFile } from "../../host/paths.ts";

export interface Admission {
  readonly token: string;
  readonly port: number;
  /** A page that explains the token. */
  readonly page: string;
  /** Whether a request may name an origin if it is this server's own; no other is ever let in. */
  readonly allowsOwnOrigin: boolean;
}

/**
 * The token that is kept in the file, made when there is none. Rejects with `daemon.folder_unsafe` when somebody else could
 * have read or made it.
 */
export async function keptToken(path: string): Promise<string> {
  await checkPrivateFile(path);
  const known = (await readText(path))?.trim();
  if (known !== undefined && /^[0-9a-f]{64}$/.test(known)) return known;
  const token = randomBytes(32).toString("hex");
  await writeAtomically(path, token, 0o600);
  return token;
}

/**
 * A page in a browser can reach this port under a name of its own; its requests carry that name or an origin. Both are
 * refused before the token is looked at.
 */
export function refusalOf({ headers }: Omit<HttpRequest, "body">, admission: Admission): HttpReply | undefined {
  const { token, port, page, allowsOwnOrigin } = admission;
  const { host = "", origin, authorization = "" } = headers;
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!names.includes(host.toLowerCase()))
    return { status: 403, body: "This address is not served under that name.\n" };
  const isOwn =
    allowsOwnOrigin && origin !== undefined && names.includes(origin.toLowerCase().replace(/^http:\/\//, ""));
  if (origin !== undefined && !isOwn) return { status: 403, body: "Pages in a browser are not served.\n" };
  if (isToken(authorization, token)) return undefined;
  return { status: 401, headers: { "www-authenticate": "Bearer" }, body: `A bearer token is needed (${page}).\n` };
}

function isToken(authorization: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token));
}
