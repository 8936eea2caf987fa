/** Gets a page of the web for an agent: https only, from public addresses only, looked at again at every step. */
import { failure, type Result } from "../../protocol/index.ts";
import { type Resolve, resolveHost } from "../host/dns.ts";
import { type HttpsAnswer, httpsGet } from "../host/https-get.ts";
import { canonicalHost, isPublicAddress } from "../security/addresses.ts";

export interface Page {
  /** Where it came from, after redirects within the host. */
  readonly url: string;
  /** Set where the answer leads to another host; then there is no body. */
  readonly elsewhere?: string;
  /** Lower case, without parameters: `text/html`. */
  readonly type: string;
  readonly body: string;
}

/** Every refusal and failure is a value. Rejects with the signal's reason when cancelled. */
export type FetchPage = (url: string, signal: AbortSignal) => Promise<Result<Page>>;

export interface FetchOptions {
  readonly resolve?: Resolve;
  /** For tests, whose servers are on this machine. */
  readonly isAllowedAddress?: (address: string) => boolean;
  readonly port?: number;
  readonly ca?: string;
  readonly timeoutMs?: number;
}

const MAX_BYTES = 2 * 1024 * 1024;
const TIMEOUT_MS = 20_000;
const MAX_REDIRECTS = 5;
const MAX_URL = 2000;
const TYPES =
  /^(?:text\/(?:html|plain|markdown|x-markdown|csv|xml|yaml|x-rst)|application\/(?:xhtml\+xml|json|xml|yaml|(?:[\w.-]+\+)json))$/;
/** Nothing of the user or the machine: no cookies, no referrer, no version of the system. */
const HEADERS = {
  "user-agent": "Nexus (coding agent)",
  accept: "text/html, text/markdown, text/plain, application/json",
};

export function createFetchPage(options: FetchOptions = {}): FetchPage {
  return async (text, signal) => {
    let url = checkedUrl(text);
    for (let step = 0; url.ok && step <= MAX_REDIRECTS; step++) {
      const answer = await get(options, url.value, signal);
      if (!answer.ok) return answer;
      const { status, location } = answer.value;
      if (status < 300 || status > 399 || location === undefined) return pageOf(url.value, answer.value);
      const next = URL.canParse(location, url.value.href) ? new URL(location, url.value.href) : undefined;
      if (next === undefined) return refused("the page redirects to something that is no address");
      // The policy judged the host that was asked for; another one is for the model to ask anew.
      if (next.host !== url.value.host || next.protocol !== "https:")
        return { ok: true, value: { url: url.value.href, elsewhere: next.href.slice(0, MAX_URL), type: "", body: "" } };
      url = checkedUrl(next.href);
    }
    return url.ok ? refused(`the page redirects more than ${MAX_REDIRECTS} times`) : url;
  };
}

/** An https address of a named host at the usual port, without a user's name. */
function checkedUrl(text: string): Result<URL> {
  if (text.length > MAX_URL || !URL.canParse(text)) return refused("this is not an address, or it is too long");
  const url = new URL(text);
  if (url.protocol !== "https:") return refused("only https addresses are fetched");
  if (url.username !== "" || url.password !== "")
    return refused("an address with a user's name or a password is not fetched");
  if (url.port !== "") return refused("only the usual port is allowed");
  if (canonicalHost(url.hostname) === undefined) return refused(`“${url.hostname}” is not the name of a public host`);
  return { ok: true, value: url };
}

async function get(options: FetchOptions, url: URL, signal: AbortSignal): Promise<Result<HttpsAnswer>> {
  const { resolve = resolveHost, isAllowedAddress = isPublicAddress, port = 443, timeoutMs = TIMEOUT_MS, ca } = options;
  const addresses = await resolve(url.hostname.replace(/\.$/, "")).catch(() => []);
  const [address] = addresses;
  if (address === undefined) return refused(`${url.hostname} has no address`);
  if (!addresses.every(isAllowedAddress)) return refused(`${url.hostname} leads to an address that is not public`);
  const limits = { timeoutMs, maxBytes: MAX_BYTES, signal, ...(ca === undefined ? {} : { ca }) };
  try {
    return { ok: true, value: await httpsGet({ url, address, port, headers: HEADERS, ...limits }) };
  } catch (error) {
    if (signal.aborted) throw error;
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function pageOf(url: URL, answer: HttpsAnswer): Result<Page> {
  if (answer.status < 200 || answer.status > 299) return refused(`the server answered with status ${answer.status}`);
  const [type = "", ...parameters] = answer.type.toLowerCase().split(";");
  if (!TYPES.test(type.trim()))
    return refused(`it is “${type.trim().slice(0, 80)}”, and only text, HTML and JSON are read`);
  const charset = /charset\s*=\s*"?([\w-]+)/.exec(parameters.join(";"))?.[1] ?? "utf-8";
  const body = decode(answer.body, charset);
  if (body.includes("\0")) return refused("it is binary, although it is called text");
  return { ok: true, value: { url: url.href, type: type.trim(), body } };
}

function decode(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function refused(why: string): Result<never> {
  return failure("tool.failed", `The page was not fetched: ${why}.`);
}
