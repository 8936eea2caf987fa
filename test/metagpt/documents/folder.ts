/** A folder on the disk for one test. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import { folderFiles } from "../../../daemon/metagpt/documents/project-files.ts";
import { readProject, shownReading } from "../../../daemon/metagpt/documents/read-project.ts";
import { writeFiles } from "../../support/engine.ts";

/** Removed after the test. */
export function projectFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-metagpt-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export async function readFolder(folder: string) {
  return shownReading(await readProject(folderFiles(folder, basename(folder))));
}
