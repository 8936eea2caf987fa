/** Looks whether something on the network or on this machine is there, without changing anything. */
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
