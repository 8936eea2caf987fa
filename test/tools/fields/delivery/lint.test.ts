/** One table: a file, and the rules that it breaks, with their lines. */
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createSyntaxChecker } from "../../../../daemon/memory/code/syntax.ts";
import { lintDelivery } from "../../../../daemon/tools/fields/delivery/lint.ts";

const grammars = fileURLToPath(new URL("../../../../grammars", import.meta.url));
const linting = { syntax: createSyntaxChecker({ folder: grammars }), beside: grammars };

/** `line rule`, errors as they are, warnings with a question mark. */
async function rulesOf(path: string, text: string): Promise<string[]> {
  const { found } = await lintDelivery([{ path, text }], linting);
  return found.map(({ line, rule, severity }) => `${line} ${rule}${severity === "warning" ? "?" : ""}`);
}

const lines = (...given: string[]) => `${given.join("\n")}\n`;

const CASES: readonly (readonly [what: string, path: string, text: string, rules: readonly string[]])[] = [
  [
    "a good Dockerfile",
    "Dockerfile",
    lines("FROM node:24-slim AS build", "RUN npm ci", "FROM build", "USER node", 'CMD ["node", "a.js"]'),
    [],
  ],
  [
    "an unknown instruction",
    "Dockerfile",
    lines("FROM node:24", "FOO bar", "USER node"),
    ["2 dockerfile/invalid_command"],
  ],
  ["no first FROM", "app.dockerfile", lines("RUN make", "FROM node:24", "USER node"), ["1 dockerfile/from_first"]],
  [
    "a port that is none",
    "Dockerfile",
    lines("FROM node:24", "EXPOSE 99999999", "USER node"),
    ["2 dockerfile/invalid_port"],
  ],
  ["something that is no Dockerfile", "Dockerfile", "<html>\n", ["1 dockerfile/no_instruction"]],
  ["an empty Dockerfile", "Dockerfile", "", ["1 dockerfile/no_instruction"]],
  ["a script in a Dockerfile", "Dockerfile", lines("FROM node:24", "RUN <<EOF", "echo hi", "EOF", "USER node"), []],
  [
    "a health check without options",
    "Dockerfile",
    lines("FROM node:24", "HEALTHCHECK CMD node health.js", "USER node"),
    [],
  ],
  [
    "a health check over several lines, with options of two words",
    "Dockerfile",
    lines("FROM node:24", "HEALTHCHECK --start-period=5s \\", "  --timeout=3s \\", "  CMD node health.js", "USER node"),
    [],
  ],
  [
    "a health check whose command is on the next line",
    "Dockerfile",
    lines("FROM node:24", "HEALTHCHECK \\", "  # soon", "  CMD node health.js", "USER node"),
    [],
  ],
  ["no health check at all", "Dockerfile", lines("FROM node:24", "HEALTHCHECK NONE", "USER node"), []],
  [
    "what else is wrong with a health check",
    "Dockerfile",
    lines("FROM node:24", "healthcheck cmd sudo check", "HEALTHCHECK --often=1s CMD check", "HEALTHCHECK", "USER node"),
    [
      ...["2 dockerfile/uppercase_commands?", "2 dockerfile/sudo_usage?", "3 dockerfile/invalid_format"],
      ...["4 dockerfile/required_params", "4 dockerfile/invalid_line"],
    ],
  ],
  ["the newest image", "Dockerfile", lines("FROM node:latest", "USER node"), ["1 dockerfile/latest_tag?"]],
  [
    "root, a secret and a piped script",
    "Dockerfile",
    lines("FROM node:24", "ENV DB_PASSWORD=hunter22", "RUN curl https://example.org/i.sh | sh"),
    ["2 smell/plain-secret?", "3 smell/piped-script?", "1 smell/root-user?"],
  ],
  [
    "a good workflow",
    ".github/workflows/ci.yml",
    lines(
      "on: push",
      "permissions: {contents: read}",
      "jobs:",
      "  test:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      "      - uses: actions/checkout@v6",
      "      - run: npm test",
    ),
    [],
  ],
  [
    "a workflow with a wrong expression and an unknown key",
    ".github/workflows/ci.yml",
    lines(
      "on: push",
      "jobs:",
      "  test:",
      "    runs-on: ubuntu-latest",
      "    foo: 1",
      "    steps:",
      ["      - run: echo $", "{{ githb.sha }}"].join(""),
    ),
    ["5 workflow/syntax-check", "7 workflow/expression"],
  ],
  [
    "a workflow that trusts everybody",
    ".github/workflows/ci.yml",
    lines(
      "on: push",
      "permissions: write-all",
      "jobs:",
      "  a:",
      "    runs-on: ubuntu-latest",
      "    steps:",
      "      - uses: some/action@v1",
    ),
    ["2 smell/write-all?", "7 smell/unpinned-action?"],
  ],
  [
    "a good compose file",
    "compose.yaml",
    lines(
      "services:",
      "  web:",
      "    image: nginx:1.29",
      "    ports: ['127.0.0.1:8080:80', 53:53/udp]",
      "    depends_on: {db: {condition: service_started}}",
      "    volumes: ['data:/d', './x:/x']",
      "  db:",
      "    build: .",
      "volumes:",
      "  data:",
    ),
    [],
  ],
  [
    "a compose file with wrong names",
    "docker-compose.prod.yml",
    lines(
      "services:",
      "  web:",
      "    imag: nginx",
      "    ports: ['99999:80']",
      "    depends_on: [db]",
      "    networks: [inner]",
      "    volumes: ['data:/d']",
    ),
    [
      "3 compose/unknown-key",
      "2 compose/no-image",
      "4 compose/port",
      "5 compose/depends_on",
      "6 compose/network",
      "7 compose/volume",
    ],
  ],
  ["a compose file that is a list", "compose.yaml", "- a\n", ["1 compose/shape"]],
  [
    "a pipeline of GitLab",
    ".gitlab-ci.yml",
    lines(
      "stages: [build]",
      "compile:",
      "  stage: build",
      "  script: [make]",
      "  rules:",
      "    - !reference [.a, rules]",
      ".a:",
      "  rules: []",
    ),
    [],
  ],
  [
    "a pipeline with wrong names",
    ".gitlab-ci.yml",
    lines("stages: [build]", "compile:", "  stage: bild", "  scrip: make", "  needs: [lint]"),
    ["4 gitlab/unknown-key", "2 gitlab/no-script", "3 gitlab/stage", "5 gitlab/needs"],
  ],
  ["good HCL", "main.tf", lines('resource "a" "b" {', "  x = [1, var.y]", "}"), []],
  ["broken HCL", "main.tf", lines('resource "a" "b" {', "  x =", "}"), ["2 hcl/syntax"]],
  ["HCL of a thousand brackets", "main.tf", `x = ${"[".repeat(1000)}${"]".repeat(1000)}\n`, ["1 hcl/syntax"]],
  ["a good script", "run.sh", lines("#!/bin/sh", "if true; then echo a; fi"), []],
  ["a script without its end", "run.sh", lines("if true; then", "  echo a"), ["3 shell/syntax"]],
  [
    "a good manifest",
    "k8s/web.yaml",
    lines(
      "apiVersion: v1",
      "kind: Service",
      "metadata: {name: web}",
      "spec:",
      "  selector: {app: web}",
      "  ports: [{port: 80}]",
    ),
    [],
  ],
  [
    "a manifest of several documents",
    "k8s/all.yaml",
    lines(
      "apiVersion: apps/v1",
      "kind: Deployment",
      "metadata: {name: a}",
      "spec:",
      "  replicas: '3'",
      "  selector: {}",
      "  template: {}",
      "---",
      "apiVersion: example.org/v1",
      "kind: Thing",
      "---",
      "apiVersion: apps/v1",
      "kind: Deploiment",
      "---",
      "apiVersion: extensions/v1beta1",
      "kind: Ingress",
    ),
    ["5 manifest/schema", "10 manifest/unknown-kind?", "13 manifest/unknown-kind", "15 manifest/removed-version"],
  ],
  [
    "a manifest in a list",
    "k8s/list.yaml",
    lines(
      "apiVersion: v1",
      "kind: List",
      "items:",
      "  - apiVersion: v1",
      "    kind: Service",
      "    metadata: {name: a}",
      "    spec: {ports: [{port: x}]}",
    ),
    ["7 manifest/schema"],
  ],
  [
    "an unsafe pod",
    "pod.yaml",
    lines(
      "apiVersion: v1",
      "kind: Pod",
      "metadata: {name: a}",
      "spec:",
      "  hostNetwork: true",
      "  containers:",
      "    - name: c",
      "      image: nginx",
      "      securityContext: {privileged: true}",
      "      env: [{name: API_TOKEN, value: abcdef123}]",
      "    - name: d",
    ),
    [
      "5 manifest/shared-host?",
      "8 manifest/image-tag?",
      "9 manifest/privileged?",
      "7 manifest/root-user?",
      "7 manifest/no-limits?",
      "10 manifest/plain-secret?",
      "11 manifest/no-image",
    ],
  ],
  ["YAML that is none", "compose.yaml", "services: [a\n", ["2 yaml"]],
];

describe("the linters of what builds and ships", () => {
  it.each(CASES)("%s", async (_, path, text, rules) => {
    expect(await rulesOf(path, text)).toEqual(rules);
  });

  it("refuses a bomb of aliases", async () => {
    const levels = "bcdefghi".split("").map((name, index) => {
      const list = Array(9).fill(`*${"abcdefghi"[index]}`).join(",");
      return `${name}: &${name} [${list}]`;
    });
    expect(await rulesOf("compose.yaml", lines("a: &a [x,x,x,x,x,x,x,x,x]", ...levels))).toEqual(["1 yaml"]);
  });

  it("takes an alias of itself for what it is", async () => {
    expect(await rulesOf("compose.yaml", "services: &s\n  web: *s\n")).toEqual(["1 yaml"]);
  });

  it("looks only at files of the field", async () => {
    const texts = ["notes.yaml", "chart/templates/a.yaml", "src/a.ts"].map((path) => ({
      path,
      text: "apiVersion: {{ x }}\nkind: a\n",
    }));
    expect(await lintDelivery(texts, linting)).toEqual({ found: [], looked: {} });
  });
});
