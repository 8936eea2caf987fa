/** What is to be said of everything that is no command. */
import type { PolicyAccess } from "../access.ts";
import { isProtectedPath } from "../paths/path-classes.ts";
import { type Concern, concern, NOTHING } from "./concern.ts";
import { hardLinkConcern, insideRead, insideWrite } from "./path-concerns.ts";
import type { PolicySetting } from "./setting.ts";

export async function accessConcerns(
  access: Exclude<PolicyAccess, { kind: "command" }>,
  setting: PolicySetting,
): Promise<Concern[]> {
  switch (access.kind) {
    case "read":
      return access.paths.length === 0 ? insideRead("") : fileConcerns(access, setting);
    case "write":
      return fileConcerns(access, setting);
    case "network":
      return [networkConcern(access.url)];
    case "foreign":
      return [foreignConcern(access, setting)];
    case "git":
      return [gitConcern(access.action)];
    case "test":
      return [testConcern(setting)];
    case "plan":
      return [planConcern(setting)];
    case "none":
      return [concern({ rule: "conversation", verdict: "allow", reason: CONVERSATION, subject: NOTHING })];
  }
}

const CONVERSATION = "It touches nothing outside the conversation.";

async function fileConcerns(
  access: Extract<PolicyAccess, { kind: "read" | "write" }>,
  setting: PolicySetting,
): Promise<Concern[]> {
  const { kind, paths } = access;
  const runs = kind === "write" ? (access.runs ?? []) : [];
  const concerns = paths.flatMap((path) =>
    kind === "read" ? insideRead(path) : insideWrite(path, setting, isProtectedPath(path) || runs.includes(path)),
  );
  const links = await Promise.all(paths.map((path) => hardLinkConcern(kind, path, setting)));
  return [...concerns, ...links.filter((link) => link !== undefined)];
}

function networkConcern(text: string): Concern {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return concern({ rule: "network", verdict: "deny", reason: "This is no address of the web.", subject: NOTHING });
  return concern({
    rule: "network",
    verdict: "ask",
    reason: `It would ask ${url.host} for a page, which tells it the address.`,
    subject: { kind: "network", url },
    lift: "any",
    mayKeep: true,
    actsOutside: true,
  });
}

function foreignConcern(
  { source, name }: Extract<PolicyAccess, { kind: "foreign" }>,
  { trusted, sandboxed }: PolicySetting,
): Concern {
  const isOfUntrusted = source !== "mcp" && !trusted;
  return concern({
    rule: isOfUntrusted ? "untrusted-workspace" : "foreign-tool",
    verdict: isOfUntrusted ? "deny" : "ask",
    reason: isOfUntrusted
      ? "Nothing of a workspace that is not trusted runs."
      : `${name} was written by others: what it does is not known.`,
    subject: { kind: "foreign", name },
    lift: "any",
    mayKeep: true,
    actsOutside: source === "mcp" || !sandboxed,
  });
}

function gitConcern(action: string): Concern {
  return concern({
    rule: "git",
    verdict: "ask",
    reason: "What is recorded in git is seen by whoever looks at its history.",
    subject: { kind: "git", action },
    lift: "any",
    mayKeep: true,
  });
}

function testConcern({ trusted, sandboxed }: PolicySetting): Concern {
  return concern({
    rule: trusted ? "project-tests" : "untrusted-workspace",
    verdict: trusted ? "allow" : "deny",
    reason: trusted
      ? "The project's own tests run in the agent's copy of the workspace."
      : "Nothing of a workspace that is not trusted runs.",
    subject: NOTHING,
    key: "test",
    actsOutside: !sandboxed,
  });
}

/** Without a person it goes on, because its result stays apart until somebody accepts it. */
function planConcern({ headless }: PolicySetting): Concern {
  return concern({
    rule: "plan",
    verdict: headless ? "allow" : "ask",
    reason: "A plan is carried out when a person agrees with it.",
    subject: NOTHING,
    key: "plan",
    keyLifts: true,
  });
}
