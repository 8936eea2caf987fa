/** A virtual environment with the package that behaves like MetaGPT, in either dialect. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCE = join(import.meta.dirname, "fake_metagpt");
const VERSIONS = { classic: "0.8.2", mgx: "1.0.0" } as const;

/** The first Python that MetaGPT supports; undefined: there is none. */
export function supportedPython(): string | undefined {
  const check = "import sys, venv; sys.exit(0 if (3, 9) <= sys.version_info[:2] <= (3, 11) else 1)";
  return ["python3.11", "python3.10", "python3.9", "python3"].find(
    (name) => spawnSync(name, ["-c", check], { stdio: "ignore" }).status === 0,
  );
}

/** Absolute path of the environment's interpreter. */
export function makeEnvironment(python: string, folder: string, dialect: keyof typeof VERSIONS): string {
  const made = spawnSync(python, ["-m", "venv", "--without-pip", folder], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`no virtual environment: ${made.stderr}`);
  const library = join(folder, "lib", readdirSync(join(folder, "lib"))[0] ?? "", "site-packages");
  layOut(join(library, "metagpt"), dialect);
  const info = join(library, `metagpt-${VERSIONS[dialect]}.dist-info`);
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, "METADATA"), `Metadata-Version: 2.1\nName: metagpt\nVersion: ${VERSIONS[dialect]}\n`);
  return join(folder, "bin", "python");
}

function layOut(folder: string, dialect: keyof typeof VERSIONS): void {
  const put = (from: string, to: string) => copyFileSync(join(SOURCE, from), join(folder, to));
  mkdirSync(join(folder, "environment"), { recursive: true });
  for (const name of ["__init__", "const", "config2", "llm", "schema", "team", "company_classic"])
    put(`${name}.py`, `${name}.py`);
  put("environment_init.py", join("environment", "__init__.py"));
  put(`company_${dialect}.py`, "software_company.py");
  const logs = dialect === "mgx" ? ["logs_classic.py", "logs_mgx.py"] : ["logs_classic.py"];
  writeFileSync(join(folder, "logs.py"), logs.map((name) => readFileSync(join(SOURCE, name), "utf8")).join("\n\n"));
  if (dialect === "classic") return;
  mkdirSync(join(folder, "environment", "mgx"));
  put("__init__.py", join("environment", "mgx", "__init__.py"));
  put("mgx_env.py", join("environment", "mgx", "mgx_env.py"));
}
