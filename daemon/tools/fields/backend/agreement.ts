/** Whether descriptions and code say the same. */
import type { Found, JudgedEndpoints, JudgedText } from "../judge/requests.ts";
import { looksLikeOpenapi, type Operation, readOpenapi } from "./openapi.ts";
import { type Route, routesIn } from "./routes.ts";

export function judgeEndpoints(before: readonly JudgedText[], after: readonly JudgedText[]): JudgedEndpoints {
  const { descriptions, routes } = partsOf(after);
  return { before: judge(before), after: judge(after), descriptions: descriptions.length, routes: routes.length };
}

function partsOf(texts: readonly JudgedText[]) {
  const isDescription = ({ path, text }: JudgedText) => looksLikeOpenapi(path, text);
  const descriptions = texts.filter(isDescription).map(({ path, text }) => ({ path, ...readOpenapi(path, text) }));
  const code = texts.filter((text) => !isDescription(text));
  const routes = code.flatMap(({ path, text }) => routesIn(path, text).map((route) => ({ ...route, file: path })));
  return { descriptions, routes };
}

function judge(texts: readonly JudgedText[]): Found[] {
  const { descriptions, routes } = partsOf(texts);
  if (descriptions.length === 0) return [];
  const operations = descriptions.flatMap(({ path, operations: own }) => own.map((one) => ({ ...one, file: path })));
  // Where a router is mounted is known at run time only: the end of a path has to do.
  const undescribed = routes.filter((route) => !operations.some((operation) => areSame(route, operation)));
  const unbuilt =
    routes.length === 0 ? [] : operations.filter((operation) => !routes.some((route) => areSame(route, operation)));
  return [
    ...descriptions.flatMap(({ found }) => found),
    ...undescribed.map(({ file, line, shown }) =>
      warning(file, line, "undescribed", `${shown} is in no OpenAPI description`),
    ),
    ...unbuilt.map(({ file, line, shown }) =>
      warning(file, line, "unbuilt", `${shown} is described, and no route in the code is it`),
    ),
  ];
}

function areSame(route: Route, operation: Operation): boolean {
  if (route.method !== "*" && route.method !== operation.method) return false;
  return route.path === operation.path || operation.path.endsWith(route.path === "/" ? "\0" : route.path);
}

function warning(path: string, line: number, rule: string, message: string): Found {
  return { path, line, rule: `endpoints/${rule}`, message, severity: "warning" };
}
