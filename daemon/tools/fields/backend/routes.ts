/**
 * Routes that code registers, as Express, Fastify, Koa's routers, Hono, Flask, FastAPI, Go's net/http, chi and gin write
 * them. Read from calls with a path in quotes; a route that is put together at run time is not seen.
 */
import { comparable } from "./openapi.ts";

export interface Route {
  /** Upper case; "*": any. */
  readonly method: string;
  /** As `comparable` makes it. */
  readonly path: string;
  readonly line: number;
  /** As it is written. */
  readonly shown: string;
}

const METHOD = "get|post|put|patch|delete|head|options";

interface Pattern {
  readonly ending: RegExp;
  /** Groups `method` and `path`; without a method, any. */
  readonly pattern: RegExp;
}

const PATTERNS: readonly Pattern[] = [
  {
    ending: /\.[cm]?[jt]sx?$/,
    pattern: new RegExp(
      `\\b(?:app|router|server|fastify|api|routes?|\\w+(?:Router|App|Routes|Api))\\s*\\.\\s*(?<method>${METHOD}|all)\\s*(?:<[^>(]*>)?\\(\\s*["'\`](?<path>/[^"'\`$]*)["'\`]`,
      "g",
    ),
  },
  {
    ending: /\.[cm]?[jt]sx?$/,
    pattern: new RegExp(
      `\\.route\\(\\s*\\{\\s*method:\\s*["'](?<method>${METHOD})["']\\s*,\\s*(?:url|path):\\s*["'\`](?<path>/[^"'\`$]*)["'\`]`,
      "gi",
    ),
  },
  {
    // Node's own server: if (request.method === "GET" && url.pathname === "/orders")
    ending: /\.[cm]?[jt]sx?$/,
    pattern: new RegExp(
      `\\bmethod\\s*===?\\s*["'](?<method>${METHOD})["']\\s*&&[^\\n;{]{0,80}?(?:url|pathname|path)\\s*===?\\s*["'](?<path>/[^"']*)["']`,
      "gi",
    ),
  },
  {
    ending: /\.[cm]?[jt]sx?$/,
    pattern: new RegExp(`["'](?<method>${METHOD})\\s+(?<path>/[^"'\\s]*)["']\\s*[:\\]]`, "gi"),
  },
  {
    ending: /\.py$/,
    pattern: new RegExp(`@\\w+\\s*\\.\\s*(?<method>${METHOD})\\(\\s*["'](?<path>/[^"']*)["']`, "g"),
  },
  {
    ending: /\.py$/,
    pattern: /@\w+\s*\.\s*route\(\s*["'](?<path>\/[^"']*)["'](?:\s*,\s*methods\s*=\s*[[(](?<methods>[^\])]*)[\])])?/g,
  },
  {
    ending: /\.go$/,
    pattern: new RegExp(`\\.\\s*Handle(?:Func)?\\(\\s*"(?:(?<method>${METHOD})\\s+)?(?<path>/[^"]*)"`, "gi"),
  },
  { ending: /\.go$/, pattern: new RegExp(`\\.\\s*(?<method>${METHOD})\\(\\s*"(?<path>/[^"]*)"\\s*,`, "gi") },
];

const MOST = 2000;

export function routesIn(path: string, text: string): Route[] {
  const code = withoutComments(path, text);
  const routes = PATTERNS.filter(({ ending }) => ending.test(path)).flatMap(({ pattern }) =>
    [...code.matchAll(pattern)].flatMap((match) => routesOf(match, code)),
  );
  return routes.slice(0, MOST).sort((one, other) => one.line - other.line);
}

function routesOf(match: RegExpMatchArray, code: string): Route[] {
  const { method, methods, path = "/" } = match.groups ?? {};
  const line = code.slice(0, match.index).split("\n").length;
  const isFlask = methods === undefined && method === undefined && match[0].startsWith("@");
  const listed = methods?.match(/\w+/g) ?? [method ?? (isFlask ? "GET" : "*")];
  return listed.map((own) => {
    const name = own.toLowerCase() === "all" ? "*" : own.toUpperCase();
    return { method: name, path: comparable(path), line, shown: `${name === "*" ? "any" : name} ${path}` };
  });
}

/** Line by line as long as before, so that places stay; a mark in a string is taken for no comment where it is part of an address. */
function withoutComments(path: string, text: string): string {
  if (path.endsWith(".py")) return text.replace(/^(\s*)#.*$/gm, "$1");
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " "))
    .replace(/^(\s*)\/\/.*$/gm, "$1");
}
