import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createSyntaxChecker } from "../../../../daemon/memory/code/syntax.ts";
import { accessible } from "../../../../daemon/tools/fields/frontend/accessible.ts";
import { contrastOf } from "../../../../daemon/tools/fields/frontend/contrast.ts";
import { addressOf, contentOf } from "../../../../daemon/tools/fields/frontend/site.ts";
import { judgePages } from "../../../../daemon/tools/fields/frontend/static.ts";
import { makeFolder } from "../../workspace.ts";
import { fieldContext, inShort } from "../field-context.ts";

const syntax = createSyntaxChecker({ folder: fileURLToPath(new URL("../../../../grammars", import.meta.url)) });

async function rules(body: string, path = "a.html"): Promise<string[]> {
  const text =
    path === "a.html"
      ? `<!doctype html>\n<html lang="en"><head><title>T</title></head><body>\n${body}\n</body></html>\n`
      : body;
  const { found } = await judgePages([{ path, text }], syntax);
  return found.map(({ line, rule, severity }) => `${line} ${rule}${severity === "warning" ? "?" : ""}`);
}

describe("a page without a browser", () => {
  it.each([
    [
      "all is well",
      '<main><h1>A</h1><img src="a.png" alt=""><label>Name <input></label><label for="b">B</label><select id="b"></select><button>Go</button><a href="/">Home</a></main>',
      [],
    ],
    ["an image without alt", '<img src="a.png">', ["3 static/image-alt"]],
    ["a field without a label", "<p><input></p>", ["3 static/label"]],
    ["fields that need none", '<input type="hidden"><input type="submit" value="Go"><input aria-label="A">', []],
    [
      "a button and a link without a name",
      '<button></button><a href="/"><img src="a.png" alt=""></a>',
      ["3 static/button-name", "3 static/link-name"],
    ],
    ["a link whose image has a name", '<a href="/"><img src="a.png" alt="Home"></a>', []],
    ["an id twice", '<p id="a"></p>\n<p id="a"></p>', ["4 static/duplicate-id"]],
    ["faint text", '<p style="color:#aaa; background:#fff">x</p>', ["3 static/contrast"]],
    [
      "faint text in a sheet of the page",
      "<style>\n.a { color: #777; background-color: #888 }\n</style>",
      ["4 static/contrast"],
    ],
    [
      "a page that forbids zooming",
      '<meta name="viewport" content="width=device-width, user-scalable=no">',
      ["3 static/zoom"],
    ],
    ["an order of its own", '<p tabindex="3">x</p>', ["3 static/tabindex?"]],
    ["what stands in comments and scripts", '<!-- <img> --><script>const a = "<img>";</script>', []],
  ])("%s", async (_, body, expected) => {
    expect(await rules(body)).toEqual(expected);
  });

  it("reads style sheets, and says where they break", async () => {
    expect(await rules(".a { color: #aaa; background: white }\n", "a.css")).toEqual(["1 static/contrast"]);
    expect(await rules(".a { color: red\n.b { }\n", "a.css")).toEqual([expect.stringMatching(/^\d css\/syntax$/)]);
    expect(await rules('<p class="x></p>')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\d html\/syntax$/)]),
    );
  });

  it("asks for language and title", async () => {
    const { found } = await judgePages([{ path: "a.html", text: "<html><body></body></html>\n" }], syntax);
    expect(found.map(({ rule }) => rule)).toEqual(["static/html-lang", "static/title"]);
  });

  it("measures contrast as the guidelines do", () => {
    expect(contrastOf("#000", "white")).toBeCloseTo(21);
    expect(contrastOf("#777", "#fff")).toBeCloseTo(4.48, 2);
    expect(contrastOf("rgb(0, 0, 0)", "var(--x)")).toBeUndefined();
  });
});

describe("the check “accessible”", () => {
  const page = (body: string) =>
    `<!doctype html><html lang="en"><head><title>T</title></head><body>\n${body}\n</body></html>\n`;

  it("says that it was static where no page may be opened, and forgives what was there", async () => {
    const files = { "a.html": page('<img src="a.png">\n<input>') };
    const result = await accessible.run(fieldContext(files, { before: { "a.html": page('<img src="a.png">') } }));
    expect(inShort(result)).toEqual(["error a.html:3 static/label"]);
    expect(result.summary).toBe(
      "static check only (the workspace is not trusted, so no page of it was opened) of 1 × page",
    );
  });
});

describe("files as a browser gets them", () => {
  it("are those of the copy, and no others", async () => {
    const root = makeFolder({ "public/index.html": "page", "public/s.css": "style", ".env": "KEY=1", "a.pem": "key" });
    symlinkSync("/etc/passwd", join(root, "public/users.txt"));
    const at = async (path: string) => {
      const content = await contentOf({ root, folder: "public" }, new URL(path, addressOf("x")));
      return content?.body.toString();
    };
    expect(await at("/public/index.html")).toBe("page");
    expect(await at("/s.css")).toBe("style");
    expect(await at("/public/")).toBe("page");
    for (const path of [
      "/.env",
      "/a.pem",
      "/public/users.txt",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
      "/%ff",
    ])
      expect(await at(path)).toBeUndefined();
  });

  it("are those of before where they are asked for", async () => {
    const root = makeFolder({ "a.html": "now", "new.css": "x" });
    const instead = new Map([
      ["a.html", "before"],
      ["new.css", undefined],
    ]);
    const at = async (path: string) =>
      (await contentOf({ root, folder: "", instead }, new URL(addressOf(path))))?.body.toString();
    expect([await at("a.html"), await at("new.css")]).toEqual(["before", undefined]);
  });
});
