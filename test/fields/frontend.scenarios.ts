import { scenariosOf } from "./play.ts";
import { call, DONE, edit, type FieldSuite, mended, read } from "./task.ts";

const PAGE = "public/index.html";
const NOTE = '<p class="note">All orders of today.</p>\n';
const added = (html: string) => edit(PAGE, NOTE, `${NOTE}      ${html}\n`);

const suite: FieldSuite = {
  agent: "frontend",
  role: "frontend",
  project: "page",
  needsBrowser: true,
  tasks: [
    {
      name: "a field with its label, looked at with check_page",
      turns: [read(PAGE), added('<label>Item <input name="item"></label>'), call("check_page", { page: PAGE }), DONE],
      checked: ["accessible yes"],
      told: ["axe: 0 violations", "Title: Orders of today", "Screenshot, for people"],
    },
    mended(
      "a field without a label",
      "accessible",
      "axe/label",
      [read(PAGE), added('<input name="item">')],
      [edit(PAGE, '<input name="item">', '<input name="item" aria-label="Item">')],
    ),
    mended(
      "text that is too faint, by the style sheet alone",
      "accessible",
      "axe/color-contrast",
      [read("public/style.css"), edit("public/style.css", "#333", "#bbb")],
      [edit("public/style.css", "#bbb", "#444")],
    ),
    mended(
      "an image without words",
      "accessible",
      "axe/image-alt",
      [read(PAGE), added('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">')],
      [edit(PAGE, "<img src", '<img alt="Tea" src')],
    ),
    mended(
      "a page whose script throws",
      "accessible",
      "the page throws: nobody is not defined",
      [read(PAGE), added("<script>nobody();</script>")],
      [edit(PAGE, "nobody();", "// nobody")],
    ),
    mended(
      "a page that leads away",
      "accessible",
      "the page leads away, to https://example.org/",
      [read(PAGE), added('<script>location.href = "https://example.org/";</script>')],
      [edit(PAGE, 'location.href = "https://example.org/";', "")],
    ),
    mended(
      "a page that never comes to rest",
      "accessible",
      "does it loop?",
      [read(PAGE), added("<script>for (;;);</script>")],
      [edit(PAGE, "for (;;);", "")],
    ),
  ],
};

export const SCENARIOS = scenariosOf(suite);
