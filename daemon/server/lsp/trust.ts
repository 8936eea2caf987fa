/** Folders that nobody has decided about, and files that are in no folder: said once, clearly; and nexus.trust. */
import { revealed } from "../../tools/gate/result.ts";
import { askPerson, isShownWhole } from "./asking.ts";
import type { Face, Feature } from "./feature.ts";
import { filePathOf } from "./folders.ts";
import { targetFolder } from "./target.ts";

const TRUST = "Trust this folder";
const NOT = "Do not trust it";
const SHOW = "Show the files";

export function createTrustFeature(face: Face): Feature {
  const told = new Set<string>();

  async function look(folder: string): Promise<void> {
    const { state } = await face.link.request("workspace/trust", { workspace: folder });
    if (state === "undecided" || state === "changed") {
      const why = state === "changed" ? "was changed since it was trusted" : "is not trusted yet";
      face.say(
        "info",
        `${folder} ${why}: Nexus reads its code, but runs nothing of it and obeys none of its rules. The command nexus.trust decides it.`,
        { once: true },
      );
    }
  }

  /** What does not fit into a message is shown as a document first: nobody trusts what could not be read. */
  async function askAbout(head: string, text: string): Promise<string | undefined> {
    if (isShownWhole(text)) return askPerson(face, text, [TRUST, NOT]);
    if (!face.reports.canShow)
      return askPerson(face, `${head} This editor cannot show them all: \`nexus trust\` in a terminal can.`, [NOT]);
    const first = await askPerson(face, `${head} It can be trusted when they were shown.`, [SHOW, NOT]);
    if (first !== SHOW) return first;
    const { shown } = await face.reports.open("trust", text, "plain");
    return askPerson(face, `${head} The document shows them.`, shown ? [TRUST, NOT] : [NOT]);
  }

  /** Shows what trust would rest on, and asks; nothing but the person's click decides. */
  async function decide(words: readonly unknown[]) {
    const folder = targetFolder(face, words[0]);
    const { hash, files, state } = await face.link.request("workspace/trust", { workspace: folder });
    const head = revealed(`Trust ${folder}? It is ${state}.`).replaceAll("\n", "⏎");
    const listed = files.map(({ path, why }) => `- ${revealed(`${path}: ${why}`).replaceAll("\n", "⏎")}`);
    const text = [`${head} These files could configure Nexus or be run through it:`, ...listed].join("\n");
    const answer = await askAbout(`${head} ${files.length} files could configure Nexus or be run through it.`, text);
    if (answer === undefined) return { workspace: folder, state };
    const trusted = answer === TRUST;
    const decided = await face.link.request("workspace/setTrust", { workspace: folder, trusted, hash });
    return { workspace: folder, state: decided.state };
  }

  let end: () => void = () => undefined;
  return {
    commands: { "nexus.trust": decide },
    start() {
      end = face.documents.onOpen(({ uri }) => {
        const place = face.folders.placeOf(uri);
        const isFile = filePathOf(uri) !== undefined;
        if (place === undefined && isFile)
          face.say("info", "Nexus answers for files in a folder of the workspace; this one is in none.", {
            once: true,
          });
        if (place === undefined || told.has(place.folder)) return;
        told.add(place.folder);
        void look(place.folder).catch(() => told.delete(place.folder));
      });
    },
    stop: () => end(),
  };
}
