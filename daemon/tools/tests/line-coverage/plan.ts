/** Running a project's tests with coverage, where that is one flag away; nothing is installed for it. */
import { isAbsolute, join, relative, sep } from "node:path";
import { listFolder, readText, removeFile, removeTree, stat } from "../../../host/files.ts";
import { resolveInside } from "../../../security/paths/fence.ts";
import type { TestPlan } from "../plan.ts";
import type { LineCoverage } from "./lines.ts";
import { readCobertura, readGoCover, readIstanbul, readLcov } from "./read.ts";

/** In the copy, because a sandbox lets a test write nowhere else; removed at once. */
const FOLDER = ".nexus-coverage";
const PROFILE = ".nexus-coverage.out";
const MAX_BYTES = 64 * 1024 * 1024;

export interface CoveragePlan {
  readonly command: string;
  /** Where the report will be, and how to read it. */
  readonly report: string;
  readonly read: (text: string) => LineCoverage;
}

/** Undefined where the project's runner would need more than a flag. */
export async function planCoverage(root: string, plan: TestPlan): Promise<CoveragePlan | undefined> {
  const { command, framework } = plan;
  switch (framework) {
    case "vitest": {
      if (!(await hasProvider(root))) return undefined;
      const flags = `--coverage.enabled --coverage.reporter=json --coverage.reportsDirectory=${FOLDER}`;
      return { command: `${command} ${flags}`, report: `${FOLDER}/coverage-final.json`, read: readIstanbul };
    }
    case "jest": {
      const flags = `--coverage --coverageReporters=json --coverageDirectory=${FOLDER}`;
      return { command: `${command} ${flags}`, report: `${FOLDER}/coverage-final.json`, read: readIstanbul };
    }
    case "node": {
      const reporter = "--test-reporter=tap";
      if (!command.includes(reporter)) return undefined;
      const flags = `--experimental-test-coverage ${reporter} --test-reporter-destination=stdout --test-reporter=lcov --test-reporter-destination=${PROFILE}`;
      return { command: command.replace(reporter, flags), report: PROFILE, read: readLcov };
    }
    case "pytest": {
      if (!(await hasPytestCov(root))) return undefined;
      const report = `${FOLDER}/coverage.xml`;
      return { command: `${command} --cov --cov-report=xml:${report}`, report, read: readCobertura };
    }
    case "go":
      return {
        command: command.replace("go test -json", `go test -json -coverprofile=${PROFILE}`),
        report: PROFILE,
        read: readGoCover,
      };
    default:
      return undefined;
  }
}

async function hasProvider(root: string): Promise<boolean> {
  const providers = await listFolder(join(root, "node_modules", "@vitest"));
  return providers.some(({ name }) => name.startsWith("coverage-"));
}

async function hasPytestCov(root: string): Promise<boolean> {
  for (const environment of [".venv", "venv"])
    for (const { name } of await listFolder(join(root, environment, "lib")))
      if ((await stat(join(root, environment, "lib", name, "site-packages", "pytest_cov"))) !== undefined) return true;
  const texts = await Promise.all(
    ["pyproject.toml", "requirements-dev.txt", "requirements.txt", "tox.ini"].map((name) => readText(join(root, name))),
  );
  return texts.some((text) => text?.includes("pytest-cov") === true);
}

/** Undefined when the tests wrote none. Paths come out as the workspace has them. */
export async function readCoverage(root: string, plan: CoveragePlan): Promise<LineCoverage | undefined> {
  const at = await resolveInside(root, plan.report);
  if (!at.ok) return undefined;
  const stats = await stat(at.value.absolute).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > MAX_BYTES) return undefined;
  const text = await readText(at.value.absolute).catch(() => undefined);
  if (text === undefined) return undefined;
  const module = plan.read === readGoCover ? await goModule(root) : undefined;
  return Object.fromEntries(
    Object.entries(plan.read(text)).map(([path, lines]) => [inWorkspace(root, path, module), lines]),
  );
}

/** `withData`: also what pytest-cov keeps for itself, where it was not there before. */
export async function removeCoverage(root: string, { withData }: { withData: boolean }): Promise<void> {
  await removeTree(join(root, FOLDER));
  await removeFile(join(root, PROFILE));
  if (withData) await removeFile(join(root, ".coverage"));
}

function inWorkspace(root: string, path: string, module: string | undefined): string {
  if (module !== undefined && path.startsWith(`${module}/`)) return path.slice(module.length + 1);
  return (isAbsolute(path) ? relative(root, path) : path).split(sep).join("/");
}

async function goModule(root: string): Promise<string | undefined> {
  return /^module\s+(\S+)/m.exec((await readText(join(root, "go.mod"))) ?? "")?.[1];
}
