/** An export with diagrams that whoever asks for it has drawn. */
import { expect, it } from "vitest";
import { createDesignService } from "../../../daemon/metagpt/view/service.ts";
import { memoryTrust } from "../../support/guard.ts";
import { projectFolder } from "../documents/folder.ts";
import { classicProject, mgxWorkspace } from "../documents/projects.ts";

const service = () => createDesignService({ trust: memoryTrust() });

it("puts drawings that came along beside their sources, as pictures", async () => {
  const workspace = projectFolder(classicProject());
  const { view } = await service().read({ source: { workspace } });
  const path = view.documents.find(({ kind }) => kind === "system_design")?.path ?? "";
  const svg = "<svg onload='alert(1)'></svg>";
  const drawings = [{ path, key: "Program call flow", svg }];
  const { text } = await service().export({ source: { workspace }, format: "html", drawings });
  expect(text).toContain(`src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}"`);
  expect(text).not.toContain("onload");
});

it("holds the diagrams of a Markdown project, which stand in files of their own", async () => {
  const source = { workspace: projectFolder(mgxWorkspace()), folder: "plant-keeper" };
  const { view } = await service().read({ source });
  const { path } = view.documents.find(({ kind }) => kind === "mermaid") ?? { path: "" };
  const drawings = [{ path, key: path, svg: "<svg></svg>" }];
  const html = (await service().export({ source, format: "html", drawings })).text;
  expect(html).toContain(Buffer.from("<svg></svg>").toString("base64"));
  const markdown = (await service().export({ source, format: "markdown" })).text;
  expect(markdown).toContain("```mermaid\nsequenceDiagram\n    A->>B: hi");
  expect(markdown).toContain("```mermaid\nclassDiagram\n    class Plant");
});

it("holds no diagram twice where a file is the copy of one", async () => {
  const source = { workspace: projectFolder(classicProject()) };
  const { text } = await service().export({ source, format: "markdown" });
  expect(text).not.toContain(".mmd`");
});
