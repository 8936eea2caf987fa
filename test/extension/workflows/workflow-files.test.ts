import { expect, it } from "vitest";
import { isWorkflowFile } from "../../../extension/workflows/workflow-files.ts";

it.each([
  "/w/.nexus/workflows/a.yaml",
  "/w/.nexus/workflows/a.yml",
  "/w/ci/release.nexus.yaml",
  "C:\\w\\.nexus\\workflows\\a.yml",
])("takes %s for a workflow", (path) => expect(isWorkflowFile(path)).toBe(true));

it.each([
  "/w/a.yaml",
  "/w/.nexus/workflows/sub/a.yaml",
  "/w/.nexus/workflows/a.json",
  "/w/nexus/workflows/a.yaml",
  "/w/nexus.yaml",
])("does not take %s for one", (path) => expect(isWorkflowFile(path)).toBe(false));
