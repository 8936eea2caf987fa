/** What a server answered to a call, as text. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";

export interface McpAnswer {
  readonly text: string;
  /** The server says that the call failed. */
  readonly isError: boolean;
}

const MAX_CHARACTERS = 2_000_000;

/** Texts as they are, structured content as JSON, everything else as a note of what it was. */
export function answerOf({ content, structuredContent, isError }: CallToolResult): McpAnswer {
  const texts = content.map(textOf);
  const structured = structuredContent === undefined ? undefined : JSON.stringify(structuredContent);
  // Servers that answer with both mostly repeat the one in the other.
  const isRepeated = structured === undefined || texts.some((text) => sameJson(text, structured));
  const text = (isRepeated ? texts : [...texts, structured]).join("\n\n");
  return { text: text.slice(0, MAX_CHARACTERS), isError: isError === true };
}

function textOf(block: CallToolResult["content"][number]): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type} of type ${block.mimeType}, ${block.data.length} characters of base64, not shown]`;
    case "resource_link":
      return `[link to ${block.uri}: ${block.name}]`;
    case "resource":
      return "text" in block.resource
        ? `[resource ${block.resource.uri}]\n${block.resource.text}`
        : `[resource ${block.resource.uri}, not text, not shown]`;
  }
}

function sameJson(text: string, json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === json;
  } catch {
    return false;
  }
}
