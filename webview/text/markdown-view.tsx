import { createElement, memo, type ReactNode, useMemo } from "react";
import { type Block, type Inline, parseMarkdown } from "./markdown.ts";

/** A model's text. Everything in it becomes React elements and text nodes; nothing becomes HTML. */
export const MarkdownView = memo(function MarkdownView({ source }: { readonly source: string }): ReactNode {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return <div className="markdown">{drawBlocks(blocks)}</div>;
});

// Parsed text never changes order, so a position is a fine key.
function drawBlocks(blocks: readonly Block[]): ReactNode {
  return blocks.map((block, index) => createElement(BlockView, { block, key: index }));
}

function BlockView({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case "paragraph":
      return <p>{drawInlines(block.children)}</p>;
    case "heading":
      // The page has its own headings above: the text's begin below them.
      return createElement(`h${Math.min(6, block.level + 2)}`, null, drawInlines(block.children));
    case "code":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0} data-language={block.language}>
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((item, index) => createElement("li", { key: index }, drawBlocks(item)));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case "quote":
      return <blockquote>{drawBlocks(block.children)}</blockquote>;
    case "rule":
      return <hr />;
  }
}

function drawInlines(inlines: readonly Inline[]): ReactNode {
  return inlines.map((inline, index) => createElement(InlineView, { inline, key: index }));
}

function InlineView({ inline }: { readonly inline: Inline }): ReactNode {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code>{inline.text}</code>;
    case "strong":
      return <strong>{drawInlines(inline.children)}</strong>;
    case "em":
      return <em>{drawInlines(inline.children)}</em>;
    case "link":
      return <a href={inline.href}>{drawInlines(inline.children)}</a>;
  }
}
