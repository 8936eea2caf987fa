/** The one way out for a command: hosts that are allowed by name, at their web ports, at addresses looked at first. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Resolve, resolveHost } from "../../host/dns.ts";
import { bridgeProgram } from "../../host/programs.ts";
import { type Admission, listenProxy } from "../../host/proxy-server.ts";
import { canonicalHost, isPublicAddress } from "../addresses.ts";
import type { HostDecision, SandboxRules } from "./sandbox.ts";

const PORTS = new Set([80, 443]);
/** Inside a network namespace of its own every port is free. */
const INNER_PORT = 3128;
const INSIDE = "/run/nexus";

export interface AdmissionOptions {
  readonly hosts: readonly string[];
  readonly resolve?: Resolve;
  readonly onHost?: ((decision: HostDecision) => void) | undefined;
  /** For tests, whose servers are on this machine. */
  readonly isAllowedAddress?: (address: string) => boolean;
}

/**
 * Decides on each connection: the name must equal an allowed one, and all of its addresses must be public. The address
 * that was looked at is the one that gets connected, so that a second answer of the name server changes nothing.
 */
export function createAdmission(options: AdmissionOptions): (host: string, port: number) => Promise<Admission> {
  const allowed = new Set(options.hosts.map(canonicalHost).filter((host) => host !== undefined));
  const { resolve = resolveHost, onHost, isAllowedAddress = isPublicAddress } = options;
  return async (host, port) => {
    const admission = await decide(host, port);
    onHost?.({
      host: host.slice(0, 260),
      port,
      address: admission.ok ? admission.address : null,
      refused: admission.ok ? null : admission.reason,
    });
    return admission;
  };

  async function decide(host: string, port: number): Promise<Admission> {
    const name = canonicalHost(host);
    if (name === undefined || !allowed.has(name))
      return no(`${host.slice(0, 260)} is not among the hosts that this command may reach.`);
    if (!PORTS.has(port)) return no(`Port ${port} is not allowed; only 80 and 443 are.`);
    const addresses = await resolve(name).catch(() => []);
    const [first] = addresses;
    if (first === undefined) return no(`${name} has no address.`);
    const inner = addresses.find((address) => !isAllowedAddress(address));
    return inner === undefined
      ? { ok: true, address: first }
      : no(`${name} leads to ${inner}, which is not on the public internet.`);
  }
}

function no(reason: string): Admission {
  return { ok: false, reason };
}

type Argv = readonly [string, ...string[]];

export interface Gateway {
  readonly mounts: readonly (readonly string[])[];
  readonly env: Readonly<Record<string, string>>;
  /** Starts the bridge before the command. */
  wrap(argv: Argv): Argv;
  close(): Promise<void>;
}

/** For a command that has a network of its own: the proxy's socket and the bridge to it stand in its file tree. */
export async function startGateway(scratch: string, { hosts, onHost }: SandboxRules): Promise<Gateway> {
  const token = newToken();
  const socket = join(scratch, "proxy.sock");
  const server = await listenProxy({ socket, token, admit: createAdmission({ hosts, onHost }) });
  const { node, file, name } = bridgeProgram();
  const inside = { node: `${INSIDE}/node`, file: `${INSIDE}/${name}`, socket: `${INSIDE}/proxy.sock` };
  return {
    mounts: [
      ["--ro-bind", node, inside.node],
      ["--ro-bind", file, inside.file],
      ["--bind", socket, inside.socket],
    ],
    env: proxyEnvironment(INNER_PORT, token),
    wrap: (argv) => [inside.node, "--no-warnings", inside.file, inside.socket, String(INNER_PORT), ...argv],
    close: server.close,
  };
}

/** For a wall that lets a command reach one port of this machine. */
export async function startLoopbackGateway({
  hosts,
  onHost,
}: SandboxRules): Promise<{ port: number; env: Record<string, string>; close(): Promise<void> }> {
  const token = newToken();
  const { port = 0, close } = await listenProxy({ token, admit: createAdmission({ hosts, onHost }) });
  return { port, env: proxyEnvironment(port, token), close };
}

function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/** As curl, npm, pip, git, Go, Cargo, Node and Gradle's JVM look for it. */
function proxyEnvironment(port: number, token: string): Record<string, string> {
  const url = `http://nexus:${token}@127.0.0.1:${port}`;
  const names =
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy npm_config_proxy npm_config_https_proxy PIP_PROXY CARGO_HTTP_PROXY";
  return {
    ...Object.fromEntries(names.split(" ").map((name) => [name, url])),
    NO_PROXY: "localhost,127.0.0.1,::1",
    no_proxy: "localhost,127.0.0.1,::1",
    NODE_USE_ENV_PROXY: "1",
    GOMODCACHE: "/tmp/go-modules",
    GOFLAGS: "-modcacherw",
  };
}
