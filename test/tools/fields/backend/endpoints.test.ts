import { describe, expect, it } from "vitest";
import { judgeEndpoints } from "../../../../daemon/tools/fields/backend/agreement.ts";
import { endpoints } from "../../../../daemon/tools/fields/backend/endpoints.ts";
import { comparable, readOpenapi } from "../../../../daemon/tools/fields/backend/openapi.ts";
import { routesIn } from "../../../../daemon/tools/fields/backend/routes.ts";
import { fieldContext, inShort } from "../field-context.ts";

const DESCRIPTION = `openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    get: {responses: {"200": {description: all}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: one}}}
`;

function rules(text: string): string[] {
  return readOpenapi("openapi.yaml", text).found.map(({ line, rule }) => `${line} ${rule.replace("openapi/", "")}`);
}

describe("an OpenAPI description", () => {
  it("passes when it is whole, as JSON too", () => {
    expect(rules(DESCRIPTION)).toEqual([]);
    expect(rules('{"openapi":"3.0.3","info":{"title":"a","version":"1"},"paths":{}}')).toEqual([]);
    expect(readOpenapi("a.yaml", DESCRIPTION).operations.map(({ shown }) => shown)).toEqual([
      "GET /orders",
      "GET /orders/{id}",
    ]);
  });

  it.each([
    ["an unknown version", DESCRIPTION.replace("3.1.0", "3"), ["1 version"]],
    ["no title", DESCRIPTION.replace("title: Shop, ", ""), ["2 info"]],
    [
      "a parameter that is not described",
      DESCRIPTION.replace("name: id", "name: ident"),
      ["8 parameter", "8 parameter"],
    ],
    [
      "a method that is none",
      DESCRIPTION.replace('    get: {responses: {"200": {description: all}}}', "    fetch: {}"),
      ["5 method"],
    ],
    ["a status that is none", DESCRIPTION.replace('"200": {description: all}', "ok: {description: all}"), ["5 status"]],
    [
      "a reference to nothing",
      DESCRIPTION.replace("{description: all}", '{$ref: "#/components/responses/All"}'),
      ["5 reference"],
    ],
    ["no YAML", "openapi: [", ["1 yaml"]],
    ["a list", "- openapi: 3.1.0", ["1 shape"]],
  ])("%s", (_, text, expected) => {
    expect(rules(text)).toEqual(expected);
  });

  it("compares paths by their shape", () => {
    const same = ["/a/{id}/b", "/a/:id/b", "/a/<int:id>/b/", "/a/{id:[0-9]+}/b"];
    expect(new Set(same.map(comparable))).toEqual(new Set(["/a/{}/b"]));
    expect(comparable("/")).toBe("/");
  });

  it("is not fooled by a thousand references around in a circle", () => {
    const circle = "components:\n  schemas:\n    A: &a {properties: {a: *a}}\n";
    expect(rules(DESCRIPTION + circle)).toEqual(["1 yaml"]);
  });
});

describe("routes in code", () => {
  it.each([
    [
      "Express",
      "a.ts",
      'app.get("/a/:id", f);\nrouter.post(\n  "/b", f);\n// app.get("/no", f)\nmap.get("/c");',
      ["1 GET /a/{}", "2 POST /b"],
    ],
    [
      "Fastify",
      "a.js",
      'fastify.get<{ Params: P }>("/a", f);\nfastify.route({ method: "PUT", url: "/b" });',
      ["1 GET /a", "2 PUT /b"],
    ],
    ["node:http", "a.mjs", 'if (request.method === "GET" && url.pathname === "/a") return;', ["1 GET /a"]],
    ["FastAPI", "a.py", '@app.get("/a/{id}")\n@router.post("/b")\n# @app.get("/no")', ["1 GET /a/{}", "2 POST /b"]],
    [
      "Flask",
      "a.py",
      '@app.route("/a")\n@app.route("/b", methods=["GET", "POST"])',
      ["1 GET /a", "2 GET /b", "2 POST /b"],
    ],
    [
      "net/http and chi",
      "a.go",
      'mux.HandleFunc("GET /a/{id}", f)\nhttp.Handle("/b", f)\nr.Get("/c", f)',
      ["1 GET /a/{}", "2 * /b", "3 GET /c"],
    ],
  ])("%s", (_, path, text, expected) => {
    expect(routesIn(path, text).map(({ line, method, path: own }) => `${line} ${method} ${own}`)).toEqual(expected);
  });
});

describe("the check “endpoints”", () => {
  it("warns of routes without a description and descriptions without a route", () => {
    const after = [
      { path: "openapi.yaml", text: DESCRIPTION },
      { path: "src/app.ts", text: 'app.get("/orders", f);\napp.delete("/orders/:id", f);\n' },
    ];
    const judged = judgeEndpoints([], after);
    expect(judged).toMatchObject({ descriptions: 1, routes: 2, before: [] });
    expect(judged.after.map(({ path, line, rule }) => `${path}:${line} ${rule}`)).toEqual([
      "src/app.ts:2 endpoints/undescribed",
      "openapi.yaml:8 endpoints/unbuilt",
    ]);
  });

  it("sends back a broken description, and forgives what was there before", async () => {
    const files = {
      "openapi.yaml": DESCRIPTION.replace("get:", "fetch:"),
      "src/app.ts": 'app.get("/orders/:id", f);\n',
    };
    const result = await endpoints.run(fieldContext(files));
    expect(inShort(result)).toEqual(["error openapi.yaml:5 openapi/method"]);
    expect(result.summary).toBe("1 × OpenAPI, 1 routes in the code");
    expect(await endpoints.run(fieldContext(files, { before: files }))).toMatchObject({ ok: true, findings: [] });
  });

  it("has nothing to say where nothing is described", async () => {
    expect(await endpoints.run(fieldContext({ "src/app.ts": 'app.get("/a", f);\n' }))).toMatchObject({
      ok: true,
      findings: [],
    });
  });
});
