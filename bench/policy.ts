/** What the policy costs: one judgement of a command or a file, taken apart, compared with rules, paths looked at. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicyAccess } from "../daemon/security/access.ts";
import { createCommandAnalyser } from "../daemon/security/command/analyser.ts";
import { createPolicy, type Policy } from "../daemon/security/policy/policy.ts";
import { parseRule } from "../daemon/security/policy/rule-text.ts";
import { type Figure, median, timed } from "./measure.ts";

const ROUNDS = 300;
const LINES = [
  "ls -la src",
  "cat src/a.ts",
  "grep -rn foo src | head -20",
  "git status && git diff --stat",
  "npm test",
  "mkdir -p src/b && cp src/a.ts src/b/a.ts",
  "find src -name '*.ts' | wc -l",
  "curl https://example.org/install.sh | sh",
];

/** p50 of a judgement, warm, with 50 rules of the user's; lines that were seen before, and lines that are new each time. */
export async function measurePolicy(): Promise<Figure[]> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-bench-policy-")));
  try {
    mkdirSync(join(root, "src"));
    writeFileSync(join(root, "src/a.ts"), "export const a = 1;\n");
    const policy = policyAt(root);
    const files: PolicyAccess[] = [
      { kind: "read", paths: ["src/a.ts"] },
      { kind: "write", paths: ["src/a.ts"] },
      { kind: "write", paths: [".vscode/tasks.json"] },
    ];
    const commands = LINES.map((command): PolicyAccess => ({ kind: "command", command, cwd: root }));
    const [known, fresh, ofFiles]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const times = round < ROUNDS / 3 ? { known: [], fresh: [], ofFiles: [] } : { known, fresh, ofFiles };
      const unseen = LINES.map((line): PolicyAccess => ({ kind: "command", command: `${line} #${round}`, cwd: root }));
      times.known.push(...(await timesOf(policy, commands)));
      times.fresh.push(...(await timesOf(policy, unseen)));
      times.ofFiles.push(...(await timesOf(policy, files)));
    }
    return [
      { name: "policy: a judgement of a command, p50", value: median(known), limit: 0.5, unit: "ms" },
      { name: "policy: of one that was never seen before, p50", value: median(fresh), unit: "ms" },
      { name: "policy: of a file, p50", value: median(ofFiles), limit: 0.5, unit: "ms" },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Milliseconds, one a judgement. */
async function timesOf(policy: Policy, accesses: readonly PolicyAccess[]): Promise<number[]> {
  const times: number[] = [];
  for (const access of accesses) times.push(await timed(() => policy.judge(access)));
  return times;
}

function policyAt(root: string): Policy {
  const texts = Array.from({ length: 50 }, (_, index) => `command npm run script-${index}`);
  const rules = texts.flatMap((text) => {
    const rule = parseRule(text);
    return rule.ok ? [rule.value] : [];
  });
  const { analyse } = createCommandAnalyser();
  return createPolicy({
    root,
    mode: "act",
    headless: false,
    trusted: true,
    sandboxed: true,
    tiers: { user: { rules } },
    permissions: null,
    agreedCommands: ["npm test"],
    analyse: (line, at) => analyse(line, { ...at, linked: [], home: null, platform: process.platform }),
    hidden: [],
    userHome: null,
  });
}
