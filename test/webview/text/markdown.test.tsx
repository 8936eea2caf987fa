import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { MarkdownView } from "../../../webview/text/markdown-view.tsx";

const draw = (source: string) =>
  renderToStaticMarkup(<MarkdownView source={source} />)
    .replace(/^<div class="markdown">/, "")
    .replace(/<\/div>$/, "");

describe("Markdown", () => {
  it.each([
    ["plain", "<p>plain</p>"],
    ["# Title", "<h3>Title</h3>"],
    ["###### Deep", "<h6>Deep</h6>"],
    ["a **b** and *c* and `d`", "<p>a <strong>b</strong> and <em>c</em> and <code>d</code></p>"],
    ["snake_case_name stays", "<p>snake_case_name stays</p>"],
    ["- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
    ["1. a\n2. b", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"],
    ["- a\n  - b", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"],
    ["> quoted", "<blockquote><p>quoted</p></blockquote>"],
    ["---", "<hr/>"],
    ["one\ntwo", "<p>one\ntwo</p>"],
    ["one\n\ntwo", "<p>one</p><p>two</p>"],
    ["```ts\nconst a = 1 < 2;\n```", '<pre tabindex="0" data-language="ts"><code>const a = 1 &lt; 2;</code></pre>'],
    ["```\nnever closed", '<pre tabindex="0" data-language=""><code>never closed</code></pre>'],
    ["[docs](https://example.com/a)", '<p><a href="https://example.com/a">docs</a></p>'],
    ["see https://example.com.", '<p>see <a href="https://example.com.">https://example.com.</a></p>'],
  ])("draws %j", (source, expected) => expect(draw(source)).toBe(expected));

  it.each([
    ["<script>alert(1)</script>", "<script"],
    ["<img src=x onerror=alert(1)>", "<img"],
    ["![tracker](https://evil.example/pixel.png)", "evil.example"],
    ["[click](javascript:alert(1))", "<a"],
    ["[click](command:nexus.acceptChanges)", "<a"],
    ["[click](file:///etc/passwd)", "<a"],
    ["`<b>code</b>`", "<b>"],
    ["**<i>bold</i>**", "<i>"],
  ])("lets nothing dangerous through in %j", (source, forbidden) => expect(draw(source)).not.toContain(forbidden));

  it("reads hostile text in a moment", () => {
    const startedAt = performance.now();
    for (const part of ["**a ", "`", "[", "_a ", "- ", "> ", "*".repeat(50)]) draw(part.repeat(4000));
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });
});
