/** HTTP requests to other machines. The only place that calls fetch. */

export type HttpFetch = (url: string, request: RequestInit) => Promise<Response>;

/** One request, no redirect followed: a key must never reach an address that nobody configured. */
export const httpFetch: HttpFetch = (url, request) => fetch(url, { ...request, redirect: "manual" });
