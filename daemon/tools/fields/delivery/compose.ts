/** A compose file: its shape, and whether what its services name is there. */
import type { Found } from "../judge/requests.ts";
import { at, entriesOf, isObject, listOf, type Plain } from "./plain.ts";
import { imageTagProblem, looksLikeSecret } from "./smell-words.ts";
import { readYaml } from "./yaml-text.ts";

type Way = readonly (string | number)[];
type Tell = (rule: string, message: string, way: Way, severity?: Found["severity"]) => void;

const TOP = new Set("version name include services networks volumes secrets configs models".split(" "));
const SERVICE = new Set(
  [
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name",
    "cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec",
    "depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts entrypoint",
    "env_file environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc",
    "isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models",
    "network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged",
    "profiles provider pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open",
    "stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes",
    "volumes_from working_dir",
  ].flatMap((line) => line.split(" ")),
);

export function lintCompose(path: string, text: string): Found[] {
  const { documents, problems } = readYaml(text);
  const found: Found[] = problems.map((problem) => ({ ...problem, path }));
  for (const { value, lineOf } of documents) {
    const tell: Tell = (rule, message, way, severity = "error") =>
      void found.push({ path, line: lineOf(way), rule: `compose/${rule}`, message, severity });
    if (!isObject(value)) tell("shape", "a compose file is an object with services", []);
    else lintFile(value, tell);
  }
  return found;
}

function lintFile(file: Plain, tell: Tell): void {
  for (const key of Object.keys(file))
    if (!TOP.has(key) && !key.startsWith("x-"))
      tell("unknown-key", `there is no “${key.slice(0, 60)}” at the top`, [key]);
  if (!isObject(file["services"])) {
    if (file["include"] === undefined) tell("shape", "services is missing, or is no object", ["services"]);
    return;
  }
  for (const [name, service] of Object.entries(file["services"])) {
    if (isObject(service)) lintService(name, service, file, tell);
    else tell("shape", `service ${name} is no object`, ["services", name]);
  }
}

function lintService(name: string, service: Plain, file: Plain, tell: Tell): void {
  const way = ["services", name];
  for (const key of Object.keys(service))
    if (!SERVICE.has(key) && !key.startsWith("x-"))
      tell("unknown-key", `a service has no “${key.slice(0, 60)}”`, [...way, key]);
  const { image, build, extends: base, provider } = service;
  if (image === undefined && build === undefined && base === undefined && provider === undefined)
    tell("no-image", `service ${name} has neither image nor build`, way);
  const tag = typeof image === "string" && build === undefined ? imageTagProblem(image) : undefined;
  if (tag !== undefined) tell("image-tag", tag, [...way, "image"], "warning");
  if (service["privileged"] === true)
    tell(
      "privileged",
      `service ${name} is privileged: it may do on this machine what root may`,
      [...way, "privileged"],
      "warning",
    );
  for (const port of listOf(service["ports"])) lintPort(port, [...way, "ports"], tell);
  lintNames(name, service, file, tell);
  for (const [variable, value] of environmentOf(service["environment"]))
    if (looksLikeSecret(variable, value))
      tell(
        "plain-secret",
        `${variable} stands in plain text; take it from a secret or the environment`,
        [...way, "environment", variable],
        "warning",
      );
}

/** `8080:80`, `127.0.0.1:8080-8082:80-82/udp`, `${PORT}:80`, a number, or the long form. */
function lintPort(port: unknown, way: Way, tell: Tell): void {
  if (isObject(port)) {
    if (port["target"] === undefined) tell("port", "a port's long form needs target", way);
    return;
  }
  const text = String(port);
  if (text.includes("$")) return;
  const isPort = /^(?:(?:\[[\da-f:]+\]|[\d.]+):)?(?:\d*(?:-\d+)?:)?\d+(?:-\d+)?(?:\/(?:tcp|udp|sctp))?$/i.test(text);
  const numbers = [...text.replace(/^.*\d\.\d[\d.]*:/, "").matchAll(/\d+/g)].map(([number]) => Number(number));
  if (!isPort || numbers.some((number) => number > 65_535)) tell("port", `“${text.slice(0, 60)}” is no port`, way);
}

/** Services, networks and volumes that are used must be declared. */
function lintNames(name: string, service: Plain, file: Plain, tell: Tell): void {
  const way = ["services", name];
  for (const other of namesIn(service["depends_on"])) {
    if (other === name) tell("depends_on", `service ${name} depends on itself`, [...way, "depends_on"]);
    else if (!isObject(at(file, "services", other)) && file["include"] === undefined)
      tell("depends_on", `there is no service ${other}`, [...way, "depends_on"]);
  }
  for (const network of namesIn(service["networks"]))
    if (network !== "default" && !has(file["networks"], network))
      tell("network", `network ${network} is not declared under networks`, [...way, "networks"]);
  for (const volume of listOf(service["volumes"])) {
    const source = typeof volume === "string" ? /^([A-Za-z0-9][\w.-]*):/.exec(volume)?.[1] : undefined;
    const isDrive = source?.length === 1;
    if (source !== undefined && !isDrive && !has(file["volumes"], source))
      tell("volume", `volume ${source} is not declared under volumes`, [...way, "volumes"]);
  }
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : entriesOf(value).map(([name]) => name);
}

function has(value: unknown, name: string): boolean {
  return isObject(value) && Object.hasOwn(value, name);
}

function environmentOf(value: unknown): [string, string][] {
  if (Array.isArray(value))
    return value
      .map(String)
      .map((entry) => [entry.split("=", 1)[0] ?? "", entry.slice(entry.indexOf("=") + 1 || entry.length)]);
  return entriesOf(value).map(([name, own]) => [name, own === null ? "" : String(own)]);
}
