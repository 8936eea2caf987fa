import fc from "fast-check";
import { expect, it } from "vitest";
import { htmlText } from "../../daemon/tools/html-text.ts";

const text = (html: string) => htmlText(html, "https://a.example/b/c");

it.each([
  ["<p>one</p><p>two</p>", "one\n\ntwo"],
  ["<ul><li>a<li>b</ul>", "- a\n- b"],
  ["<h2>Title</h2>text", "## Title\ntext"],
  ["<pre>  a\n   b</pre>", "```\n  a\n   b\n```"],
  ["use <code>npm ci</code> now", "use `npm ci` now"],
  ["<a href=d>x</a> <a href='#top'>y</a> <a href='javascript:alert(1)'>z</a>", "x (https://a.example/b/d) y z"],
  ["a &lt;b&gt; &#65;&#x42; &unknown; &#0; &amp;lt;", "a <b> AB &unknown; \ufffd &lt;"],
  ["<script>if (a < b) alert('</p>')</script>after", "after"],
  ["<style>p{}</style><noscript>n</noscript><svg><text>s</text></svg>after", "after"],
  ["<!-- <p>hidden</p> -->after<!-- open", "after"],
  ["<script>never ends", ""],
  ["1 < 2 and <3", "1 < 2 and <3"],
  ["<p title='a > b'>x</p>", "x"],
  ["<table><tr><td>a<td>b</table>", "| a | b"],
])("turns %j into text", (html, expected) => {
  expect(text(html)).toBe(expected);
});

it("takes time that grows with the page, whatever is in it", () => {
  for (const piece of [
    "<a",
    "<!--",
    "<script>",
    "</script",
    "<a href='",
    "<title",
    "&#",
    "<!",
    '<a "',
    "<canvas></canvas>",
    "href   ",
  ])
    expect(text(piece.repeat(200_000)).length).toBeGreaterThanOrEqual(0);
}, 4000);

it("lets no script or style of a page through", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom("script", "style", "SCRIPT", "noscript"),
      fc.string(),
      (before, name, after) => {
        const page = `${before.replaceAll("<", "")}<${name}>CANARY</${name}>${after.replaceAll("CANARY", "")}`;
        expect(text(page)).not.toContain("CANARY");
      },
    ),
  );
});
