/** `npm run docs` writes the generated pages; test/docs.test.ts fails when one is not up to date. */
import { writeFileSync } from "node:fs";
import { generatedPages } from "./pages.ts";

for (const [name, text] of Object.entries(generatedPages())) {
  writeFileSync(new URL(`../${name}`, import.meta.url), text);
  process.stdout.write(`docs/${name}\n`);
}
