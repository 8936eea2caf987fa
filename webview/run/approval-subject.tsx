/** What an approval is about, word for word: nothing that the answer holds for is left out. */
import type { ReactNode } from "react";
import type { Approval, ApprovalSubject } from "../../protocol/approval.ts";
import { DiffView } from "../changes/diff-view.tsx";
import { plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { PlanChangeList } from "../plan/plan-change.tsx";
import { estimateWords } from "../plan/plan-table.tsx";
import { InlineCode } from "../text/inline-code.tsx";
import { MarkdownView } from "../text/markdown-view.tsx";

type Parts = NonNullable<Approval["parts"]>;
type SubjectOf<Kind extends ApprovalSubject["kind"]> = Extract<ApprovalSubject, { kind: Kind }>;

export function ApprovalSubjectView({ approval }: { readonly approval: Approval }): ReactNode {
  const { subject, parts = [] } = approval;
  switch (subject.kind) {
    case "command":
      return <CommandSubject subject={subject} parts={parts} />;
    case "read":
      return (
        <>
          <pre className="shown-text">{subject.path}</pre>
          <Reason of={subject} said={approval.reason} />
        </>
      );
    case "write":
      return <WriteSubject subject={subject} said={approval.reason} />;
    case "network":
      return <pre className="shown-text">{subject.url}</pre>;
    case "foreign":
      return (
        <>
          <p>
            <code>{subject.name}</code> {ORIGINS[subject.source]}
          </p>
          <pre className="shown-text">{subject.input}</pre>
        </>
      );
    case "git":
      return (
        <pre className="shown-text">
          git {subject.action}: {subject.detail}
        </pre>
      );
    case "plan":
      return <PlanSubject subject={subject} />;
  }
}

const ORIGINS: Record<SubjectOf<"foreign">["source"], string> = {
  mcp: "is a tool that an MCP server brings.",
  workspace: "is a tool that this workspace brings.",
  program: "is a program on this machine that others wrote.",
};

function CommandSubject({
  subject,
  parts,
}: {
  readonly subject: SubjectOf<"command">;
  readonly parts: Parts;
}): ReactNode {
  return (
    <>
      <pre className="command">{subject.command}</pre>
      <p className="muted">
        in <code>{subject.cwd}</code>
      </p>
      <PartList parts={parts} />
      <SandboxNote sandbox={subject.sandbox} />
      <Hosts hosts={subject.hosts ?? []} />
      <BoundFiles files={subject.files ?? []} verb="runs" />
    </>
  );
}

function PartList({ parts }: { readonly parts: Parts }): ReactNode {
  if (parts.length === 0) return null;
  return (
    <ul className="command-parts" aria-label="What the command does">
      {parts.map(({ text, why }, index) => (
        // Two parts may be the same.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <li key={index}>
          <code>{text}</code> <span className="muted">{why}</span>
        </li>
      ))}
    </ul>
  );
}

function SandboxNote({ sandbox }: { readonly sandbox: SubjectOf<"command">["sandbox"] }): ReactNode {
  if (sandbox === undefined) return null;
  if (sandbox === "none")
    return (
      <p className="sandbox tone-wait">
        <Icon name="warning" /> No sandbox on this machine: it can do what you can do.
      </p>
    );
  return (
    <p className="sandbox tone-good">
      <Icon name="check" /> Inside the sandbox ({sandbox}): it changes nothing outside the run’s copy, and reaches only
      the hosts you allow.
    </p>
  );
}

function Hosts({ hosts }: { readonly hosts: readonly string[] }): ReactNode {
  if (hosts.length === 0) return null;
  return (
    <p className="sandbox tone-wait">
      <Icon name="send" /> Once approved it may reach {hosts.join(", ")}.
    </p>
  );
}

type BoundFile = NonNullable<SubjectOf<"command">["files"]>[number];

/** The answer holds for these contents only. */
function BoundFiles(props: { readonly files: readonly BoundFile[]; readonly verb: "runs" | "writes" }): ReactNode {
  const { files, verb } = props;
  if (files.length === 0) return null;
  return (
    <ul className="bound-files" aria-label="Files that the answer holds for">
      {files.map(({ path, sha256 }) => (
        <li key={path} className="muted" {...(sha256 === null ? {} : { title: `SHA-256 ${sha256}` })}>
          {boundWords(verb, sha256)} <code>{path}</code>
          {sha256 === null ? "" : `, exactly this content (${sha256.slice(0, 12)})`}
        </li>
      ))}
    </ul>
  );
}

function boundWords(verb: "runs" | "writes", sha256: string | null): string {
  if (sha256 !== null) return verb;
  return verb === "runs" ? "runs a file that is missing:" : "deletes";
}

interface ReasonProps {
  readonly of: { readonly reason: string };
  readonly said: string;
}

/** The card says most reasons above already. */
function Reason({ of, said }: ReasonProps): ReactNode {
  return of.reason === said ? null : <p>{of.reason}</p>;
}

function WriteSubject(props: { readonly subject: SubjectOf<"write">; readonly said: string }): ReactNode {
  const { subject, said } = props;
  const { path, diff, files } = subject;
  return (
    <>
      <p>
        <code>{path}</code>
      </p>
      {diff === undefined ? <p className="muted">The change cannot be shown as a diff.</p> : <DiffView patch={diff} />}
      <Reason of={subject} said={said} />
      <BoundFiles files={files ?? []} verb="writes" />
    </>
  );
}

function PlanSubject({ subject }: { readonly subject: SubjectOf<"plan"> }): ReactNode {
  const { summary, taskCount, commands, permissions = [], estimate, milestones, change } = subject;
  const parts = milestones === undefined ? "" : ` in ${plural(milestones, "milestone")}`;
  const takes = estimate === undefined ? "" : `; thought to take ${estimateWords(estimate)}`;
  const hasMore = permissions.length + commands.length > 0;
  return (
    <>
      <MarkdownView source={summary} />
      <p className="muted">
        {plural(taskCount, "task")}
        {parts}, shown below{takes}.{" "}
        {!hasMore
          ? ""
          : permissions.length > 0
            ? "Once approved, its agents may:"
            : "Approving also allows these commands:"}
      </p>
      {change === undefined ? null : <PlanChangeList change={change} />}
      {permissions.length === 0 ? (
        commands.map((command) => (
          <pre key={command} className="command">
            {command}
          </pre>
        ))
      ) : (
        <ul className="permissions" aria-label="What the plan may do">
          {permissions.map((permission) => (
            <li key={permission}>
              <InlineCode text={permission} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
