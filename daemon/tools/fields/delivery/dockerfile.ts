import { run } from "dockerfilelint";
import type { Found } from "../judge/requests.ts";
import { readableHealthchecks } from "./healthcheck.ts";

/** Of its findings under “possible bug”, these are habits and no bugs. */
const HABITS = new Set(["sudo_usage", "apt-get_missing_param", "extra_args"]);
/** No `.dockerfilelintrc` is read: a file of the workspace must not switch checks off. */
const NO_SETTINGS = "/nowhere-on-purpose";
const INSTRUCTIONS =
  /^\s*(FROM|RUN|CMD|LABEL|MAINTAINER|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)\b/i;

/** What dockerfilelint says of a Dockerfile. */
export function lintDockerfile(path: string, text: string): Found[] {
  if (!INSTRUCTIONS.test(text.replace(/^(\s*#.*|\s*)\n/gm, "")))
    return [found(path, 1, "dockerfile/no_instruction", "the first line is no instruction of a Dockerfile", "error")];
  const lines = text.split("\n");
  const stages = new Set(lines.flatMap((line) => /^\s*FROM\s.*\sAS\s+(\S+)/i.exec(line)?.[1]?.toLowerCase() ?? []));
  const isStage = (line: number) =>
    stages.has(/^\s*FROM\s+(\S+)/i.exec(lines[line - 1] ?? "")?.[1]?.toLowerCase() ?? "");
  const items = run(NO_SETTINGS, readableHealthchecks(withoutHeredocs(text)));
  // It takes the name of an earlier stage for an image.
  const own = items.filter(({ rule, line }) => rule !== "missing_tag" || !isStage(line));
  return own.map(({ line, rule, title, description, category }) => {
    const isBug = category === "Possible Bug" && !HABITS.has(rule);
    const why = description.replace(/\s+/g, " ").trim();
    return found(path, line, `dockerfile/${rule}`, `${title}: ${why}`, isBug ? "error" : "warning");
  });
}

/** Newer Dockerfiles bring scripts along (`RUN <<EOF`), which dockerfilelint takes for instructions; line numbers stay. */
function withoutHeredocs(text: string): string {
  let end: string | undefined;
  return text
    .split("\n")
    .map((line) => {
      if (end !== undefined) {
        if (line.trim() === end) end = undefined;
        return "";
      }
      end = /^\s*(?:RUN|COPY|ADD)\b.*<<-?(["']?)([A-Za-z_]\w*)\1/i.exec(line)?.[2];
      return line;
    })
    .join("\n");
}

function found(path: string, line: number, rule: string, message: string, severity: Found["severity"]): Found {
  return { path, line, rule, message, severity };
}
