/** Short names of folders that a project's tsconfig.json gives: `@/*` for `src/*`. Only those that lie within it. */
import { join, posix } from "node:path";
import * as z from "zod/mini";
import { readFileOnce } from "../../host/source-files.ts";
import { resolveInside } from "../../security/paths/fence.ts";

const Config = z.looseObject({
  compilerOptions: z.optional(
    z.looseObject({ baseUrl: z.optional(z.string()), paths: z.optional(z.record(z.string(), z.array(z.string()))) }),
  ),
});

const MAX_BYTES = 256 * 1024;

export async function aliasesOf(root: string): Promise<Map<string, string>> {
  const aliases = new Map<string, string>();
  for (const name of ["tsconfig.json", "tsconfig.app.json", "jsconfig.json"]) {
    const { compilerOptions } = (await configAt(root, name)) ?? {};
    for (const [from, [to = ""] = []] of Object.entries(compilerOptions?.paths ?? {})) {
      const folder = posix.normalize(posix.join(compilerOptions?.baseUrl ?? ".", to.replace(/\*$/, "")));
      const isPlain = from.endsWith("/*") && to.endsWith("/*") && !folder.startsWith("..") && !posix.isAbsolute(folder);
      if (isPlain && !aliases.has(from.slice(0, -1))) aliases.set(from.slice(0, -1), join(root, folder));
    }
  }
  return aliases;
}

async function configAt(root: string, name: string): Promise<z.infer<typeof Config> | undefined> {
  const at = await resolveInside(root, name);
  const read = at.ok ? readFileOnce(at.value.absolute, MAX_BYTES) : undefined;
  if (read?.ok !== true) return undefined;
  try {
    return Config.safeParse(JSON.parse(plainJson(read.bytes.toString("utf8")))).data;
  } catch {
    return undefined;
  }
}

/** Without comments and last commas, which such files may have. */
function plainJson(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? "")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? "");
}
