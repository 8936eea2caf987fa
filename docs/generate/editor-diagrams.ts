/** Drawings for editors that have no picture: what talks to what, and where the configuration goes. */

interface Line {
  /** "ACP": what is spoken on the way from the editor. */
  readonly protocol: string;
  /** The face that the editor starts. */
  readonly command: string;
  readonly gives: string;
  /** File and key, as short as a person can find them by. */
  readonly place: string;
}

interface Diagram {
  readonly editor: string;
  readonly lines: readonly Line[];
}

const LSP = { protocol: "LSP", command: "nexus lsp --stdio", gives: "code actions, hover, symbols, findings" };
const ACP = { protocol: "ACP", command: "nexus acp", gives: "chats: plan, approve, watch, accept" };
const MCP = { protocol: "MCP", command: "nexus mcp", gives: "code memory, history and runs, to look at" };

const DIAGRAMS: Readonly<Record<string, Diagram>> = {
  helix: { editor: "Helix", lines: [{ ...LSP, place: "helix/languages.toml: [language-server.nexus]" }] },
  zed: {
    editor: "Zed",
    lines: [
      { ...ACP, place: "zed/settings.json: agent_servers" },
      { ...MCP, place: "zed/settings.json: context_servers" },
    ],
  },
  jetbrains: {
    editor: "JetBrains",
    lines: [
      { ...ACP, place: "~/.jetbrains/acp.json: agent_servers" },
      { ...LSP, place: "Settings: Language Servers (LSP4IJ)" },
      { ...MCP, place: "Settings: AI Assistant, MCP" },
    ],
  },
  claude: {
    editor: "Claude",
    lines: [
      { ...MCP, place: "Claude Code: ~/.claude.json, mcpServers" },
      { ...MCP, place: "Claude Desktop: claude_desktop_config.json" },
    ],
  },
  cursor: { editor: "Cursor", lines: [{ ...MCP, place: "~/.cursor/mcp.json: mcpServers" }] },
};

const WIDTH = 860;
const ROW = 92;
const TOP = 28;
const INK = "#1f2328";
const SOFT = "#57606a";

/** By file name below docs/. */
export function editorDiagrams(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(DIAGRAMS).map(([name, diagram]) => [`images/editors/${name}.svg`, diagramSvg(diagram)]),
  );
}

/** Its own light paper, so that it reads the same on a dark page. */
function diagramSvg({ editor, lines }: Diagram): string {
  const height = TOP * 2 + Math.max(lines.length, 2) * ROW;
  const middle = height / 2;
  const first = middle - (lines.length * ROW) / 2;
  const said = lines.map(({ protocol, command, place }) => `over ${protocol} through ${command} (${place})`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="14">`,
    `<title id="title">How ${editor} and Nexus talk</title>`,
    `<desc id="description">${editor} talks to the Nexus daemon ${escaped(said.join("; "))}. VS Code, the terminal and other editors see the same runs and approvals.</desc>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>',
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="#d0d7de"/>`,
    box(24, middle - 32, 130, 64, "#ddf4ff", [editor]),
    ...lines.map((line, index) => lineSvg(line, first + index * ROW + ROW / 2, middle)),
    box(656, middle - 44, 180, 88, "#dafbe1", ["Nexus daemon", "runs · approvals", "code memory · history"]),
    `<text x="746" y="${middle + 66}" fill="${SOFT}" font-size="12" text-anchor="middle">shared with VS Code, the</text>`,
    `<text x="746" y="${middle + 82}" fill="${SOFT}" font-size="12" text-anchor="middle">terminal, other editors</text>`,
    "</svg>\n",
  ].join("\n");
}

function lineSvg({ protocol, command, gives, place }: Line, y: number, middle: number): string {
  const label = `<text x="400" y="${y + 36}" fill="${SOFT}" font-size="12" text-anchor="middle">${escaped(gives)}</text>`;
  const where = `<text x="400" y="${y - 24}" fill="${SOFT}" font-size="12" text-anchor="middle">${escaped(place)}</text>`;
  return [
    arrow(154, middle, 300, y),
    `<text x="236" y="${(middle + y) / 2 - 8}" fill="${INK}" font-weight="600" text-anchor="middle" paint-order="stroke" stroke="#ffffff" stroke-width="5">${protocol}</text>`,
    where,
    box(300, y - 16, 200, 32, "#f6f8fa", [command], "ui-monospace, Menlo, Consolas, monospace"),
    label,
    arrow(500, y, 656, middle),
  ].join("\n");
}

function box(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  words: readonly string[],
  font?: string,
) {
  const top = y + height / 2 + 5 - ((words.length - 1) * 19) / 2;
  const texts = words.map((word, index) => {
    const style = index === 0 && words.length !== 1 ? ' font-weight="600"' : "";
    const family = font === undefined ? "" : ` font-family="${font}"`;
    return `<text x="${x + width / 2}" y="${top + index * 19}" fill="${INK}" text-anchor="middle"${style}${family}>${escaped(word)}</text>`;
  });
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${SOFT}"/>`,
    ...texts,
  ].join("\n");
}

function arrow(x: number, y: number, toX: number, toY: number): string {
  return `<path d="M${x} ${y} L${toX} ${toY}" stroke="${SOFT}" fill="none" marker-start="url(#tip)" marker-end="url(#tip)"/>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
