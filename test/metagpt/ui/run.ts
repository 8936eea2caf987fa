/** `npm run test:design`: pages with one fault each, and one without, in the browser of this machine. Ends with 0 where there is none. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../../../daemon/host/browser.ts";
import { checkDesign } from "../../../daemon/metagpt/ui/check-design.ts";
import { design } from "./designs.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

const GOOD = {
  app: `<main><h1>Bread</h1><ul><li><button type="button" onClick={() => undefined}>Loaf</button></li></ul><a href="#/more">More</a></main>`,
  css: "body { color: #222222; background: #ffffff; }",
};

interface Case {
  readonly name: string;
  readonly app?: string;
  readonly css?: string;
  /** What each failed check says, in part. Empty: nothing fails. */
  readonly fails: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  { name: "a page that is well", fails: {} },
  {
    name: "a component that throws",
    app: `{(() => { throw new Error("broken"); })()}`,
    fails: { renders: "the page throws: broken" },
  },
  {
    name: "an error that React writes",
    app: `<main>{[1, 2].map((one) => <p>{one}</p>)}</main>`,
    fails: { renders: 'unique "key"' },
  },
  { name: "nothing at all", app: "{null}", fails: { renders: "nothing is drawn" } },
  {
    name: "a picture that is not there",
    app: `<main><img src="/gone.png" alt="Bread"/></main>`,
    fails: { renders: "/gone.png, which is not there" },
  },
  { name: "a field without a label", app: `<main><input /></main>`, fails: { accessibility: "axe/label" } },
  {
    name: "text that is too faint",
    app: `<main><p style={{ color: "#bbbbbb" }}>Fresh</p></main>`,
    fails: { contrast: "axe/color-contrast" },
  },
  {
    name: "something that only a pointer can click",
    app: `<main><div onClick={() => undefined}>Buy</div></main>`,
    fails: { keyboard: "“Buy” can be clicked, but no key gets to it" },
  },
  {
    name: "focus that cannot be seen",
    css: "button:focus { outline: none; }",
    fails: { keyboard: "“Loaf” does not show that it has the focus" },
  },
  {
    name: "focus that a label shows",
    app: `<main><label className="tick"><input type="checkbox" className="hidden"/>Seeds</label></main>`,
    css: ".hidden { outline: none; } .tick:focus-within { background: #ffe9a8; }",
    fails: {},
  },
  {
    name: "an order against the eye",
    app: `<main style={{ display: "flex", flexDirection: "column-reverse" }}><button>One</button><button>Two</button></main>`,
    fails: { keyboard: "Tab goes back to button “Two”" },
  },
  {
    name: "a trap",
    app: `<main><button onKeyDown={(event) => event.preventDefault()}>In</button><button>Never</button></main>`,
    fails: { keyboard: "Tab does not reach button “Never”" },
  },
  {
    name: "radio buttons, which are one stop",
    app: `<main><fieldset><legend>When</legend><label><input type="radio" name="t"/>7</label><label><input type="radio" name="t"/>8</label></fieldset><button>Go</button></main>`,
    fails: {},
  },
  {
    name: "columns",
    app: `<main style={{ display: "flex", gap: 20 }}><div><button>A</button><br/><button>B</button></div><div><button>C</button></div></main>`,
    fails: {},
  },
  {
    name: "a table that is too wide for a telephone",
    app: `<main><div style={{ width: 700 }}>wide</div></main>`,
    fails: { narrow: "wider than its window" },
  },
  {
    name: "a page that is too wide for all",
    app: `<main><div style={{ width: 1500 }}>wider</div></main>`,
    fails: { narrow: "wider than its window", wide: "at 1280 pixels" },
  },
  {
    name: "a page that leads away",
    app: `{(location.href = "https://example.org/", null)}`,
    fails: { renders: "the page leads away" },
  },
];

if ((await findBrowser()) === undefined) {
  process.stdout.write("Skipped: no browser was found. Install Chromium, Chrome or Edge.\n");
} else {
  let wrong = 0;
  for (const one of CASES) {
    const problem = await play(one);
    if (problem !== undefined) wrong++;
    process.stdout.write(
      `${problem === undefined ? "ok  " : "FAIL"} ${one.name}${problem === undefined ? "" : `\n     ${problem}`}\n`,
    );
  }
  process.stdout.write(`${CASES.length - wrong} of ${CASES.length} as they should be\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

/** Undefined: the checks say what they should, and nothing else. */
async function play(one: Case): Promise<string | undefined> {
  const root = mkdtempSync(join(tmpdir(), "nexus-design-"));
  try {
    return await checked(one, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function checked({ app = GOOD.app, css = GOOD.css, fails }: Case, root: string): Promise<string | undefined> {
  put(root, {
    "package.json": '{"dependencies":{"react":"*","react-dom":"*"}}',
    "index.html":
      '<!doctype html><html lang="en"><head><title>Bread</title></head><body><div id="root"></div><script type="module" src="/src/main.jsx"></script></body></html>',
    "src/main.jsx": `import "./main.css";\nimport { createRoot } from "react-dom/client";\nconst App = () => <>${app}</>;\ncreateRoot(document.getElementById("root")).render(<App />);\n`,
    "src/main.css": css,
    "docs/ui_design/1.json": JSON.stringify({ ...design(), Components: [] }),
  });
  symlinkSync(MODULES, join(root, "node_modules"));
  const { pages, findings, skipped } = await checkDesign({
    root,
    linked: ["node_modules"],
    signal: new AbortController().signal,
    trusted: true,
  });
  const [page] = pages;
  if (page === undefined) return `no page: ${JSON.stringify([findings, skipped])}`;
  const failed = Object.fromEntries(
    page.checks.filter(({ outcome }) => outcome === "failed").map(({ name, detail }) => [name, detail]),
  );
  const isExpected = (name: string) => failed[name]?.includes(fails[name] ?? "\u0000") === true;
  const isSame =
    Object.keys(failed).sort().join() === Object.keys(fails).sort().join() && Object.keys(fails).every(isExpected);
  const hasPictures = page.screenshots.length === 2 || "renders" in fails;
  return isSame && hasPictures
    ? undefined
    : `expected ${JSON.stringify(fails)}, got ${JSON.stringify(failed)}, ${page.screenshots.length} pictures`;
}
