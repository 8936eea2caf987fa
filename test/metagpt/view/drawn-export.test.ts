/** An export with diagrams that whoever asks for it has drawn. */
import { expect, it } from "vitest";
import { createDesignService } from "../../../daemon/metagpt/view/service.ts";
import { memoryTrust } from "../../support/guard.ts";
import { projectFolder } from "../documents/folder.ts";
import { classicProject } from "../documents/projects.ts";

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
