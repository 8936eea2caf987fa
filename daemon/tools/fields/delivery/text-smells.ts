/** Unsafe habits in Dockerfiles, workflows and scripts, found line by line. */
import type { Found } from "../judge/requests.ts";
import { looksLikeSecret, PIPED_SCRIPT } from "./smell-words.ts";

export function dockerfileSmells(path: string, text: string): Found[] {
  const lines = text.split("\n");
  const found = lines.flatMap((line, index) => {
    return [
      ...secretOf(path, line, index, /^\s*(?:ENV|ARG)\s+(\w+)[=\s]\s*["']?([^"'\s]+)/i),
      ...piped(path, line, index),
    ];
  });
  const user = lines.findLast((line) => /^\s*USER\s+/i.test(line));
  const isRoot = user === undefined || /^\s*USER\s+(root|0)(:|\s|$)/i.test(user);
  const last = lines.findLastIndex((line) => /^\s*FROM\s/i.test(line));
  const rooted =
    isRoot && last >= 0 ? [warning(path, last, "root-user", "what runs in it is root; end with USER and a name")] : [];
  return [...found, ...rooted];
}

export function workflowSmells(path: string, text: string): Found[] {
  return text.split("\n").flatMap((line, index) => {
    const action = /^\s*-?\s*uses:\s*["']?([\w.-]+\/[\w./-]+)@([^\s"'#]+)/.exec(line);
    const isPinned = action?.[2] === undefined || /^[0-9a-f]{40}$/.test(action[2]);
    const isOwn = /^(actions|github)\//.test(action?.[1] ?? "");
    const moving = /^(main|master|latest|HEAD)$/.test(action?.[2] ?? "");
    const pin = `${action?.[1]}@${action?.[2]} can become another program; pin it to a commit's full hash`;
    return [
      ...(/^\s*permissions:\s*write-all\b/.test(line)
        ? [
            warning(
              path,
              index,
              "write-all",
              "the job's token may write everything; name the permissions that it needs",
            ),
          ]
        : []),
      ...(!isPinned && (!isOwn || moving) ? [warning(path, index, "unpinned-action", pin)] : []),
      ...(/^\s*-?\s*pull_request_target\b|\bpull_request_target:/.test(line)
        ? [warning(path, index, "pull-request-target", "this event gives a stranger's change the repository's secrets")]
        : []),
      ...secretOf(path, line, index, /^\s*(\w+):\s*["']?([^"'\s#]+)["']?\s*$/),
      ...piped(path, line, index),
    ];
  });
}

export function scriptSmells(path: string, text: string): Found[] {
  return text.split("\n").flatMap((line, index) => {
    if (/^\s*#/.test(line)) return [];
    return [...secretOf(path, line, index, /^\s*(?:export\s+)?(\w+)=["']?([^"'\s]+)/), ...piped(path, line, index)];
  });
}

function piped(path: string, line: string, index: number): Found[] {
  if (!PIPED_SCRIPT.test(line)) return [];
  return [
    warning(path, index, "piped-script", "a script from the network is run unseen; download it and check its hash"),
  ];
}

export function secretOf(path: string, line: string, index: number, pattern: RegExp): Found[] {
  const [, name, value] = pattern.exec(line) ?? [];
  if (name === undefined || value === undefined || !looksLikeSecret(name, value)) return [];
  return [warning(path, index, "plain-secret", `${name} stands in plain text; take it from a secret store`)];
}

function warning(path: string, index: number, rule: string, message: string): Found {
  return { path, line: index + 1, rule: `smell/${rule}`, message, severity: "warning" };
}
