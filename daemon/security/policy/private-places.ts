/** Places outside of a workspace that no agent looks into, whatever anybody agrees to. */
import { isSecretPath, normalPath } from "../paths/path-classes.ts";
import { isWithin } from "../paths/path-names.ts";
import type { PolicySetting } from "./setting.ts";

const OF_THE_SYSTEM = new RegExp(
  [
    "^(?:private/)?(?:dev/",
    "proc/(?!(?:cpuinfo|meminfo|version|loadavg|uptime)$)",
    "sys/(?:firmware|kernel)/",
    "(?:etc/(?:g?shadow|sudoers|sudoers\\.d|security|ssl/private|ssh|krb5\\.keytab)",
    "(?:var/)?run/secrets",
    "var/(?:root|db/dslocal)",
    "root",
    "(?:[a-z]/)?(?:home|users)/[^/]+)(?=[-/]|$))",
  ].join("|"),
);

/** Of anybody's home: what programs said, passwords, accounts, mail, browsers, other agents. */
const OF_A_HOME =
  /(^|\/)(\.[a-z_]*_?history|\.password-store|\.mozilla|\.thunderbird|\.claude(\.json)?|\.codex|\.gemini|\.config\/(gh|hub|op|google-chrome|chromium|github-copilot|rclone|doctl|configstore)|keyrings|keychains|cookies|\.terraform\.d|\.m2\/settings[^/]*\.xml|\.gradle\/gradle\.properties|\.cargo\/credentials[^/]*)(\/|$)/;

export function isPrivatePlace(absolute: string, { hidden, userHome }: PolicySetting): boolean {
  const path = normalPath(absolute);
  const isBelow = (folder: string) => isWithin(normalPath(folder), path, "/");
  if (isSecretPath(absolute) || OF_A_HOME.test(path) || hidden.some(isBelow)) return true;
  return !(userHome !== null && isBelow(userHome)) && OF_THE_SYSTEM.test(path);
}
