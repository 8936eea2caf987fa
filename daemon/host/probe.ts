/** Looks whether something on the network or on this machine is there, without changing anything. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The answer's HTTP status, or why there was none. Redirects are not followed, so that a key goes nowhere else. */
export async function probeHttp(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<{ status: number } | { problem: string }> {
  try {
    const response = await fetch(url, { headers, redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    return { status: response.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** The full path of a program on the PATH. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  for (const folder of path.split(delimiter).filter((entry) => entry !== ""))
    for (const ending of endings) {
      const program = join(folder, name + ending);
      if (
        await access(program, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return program;
    }
  return undefined;
}
