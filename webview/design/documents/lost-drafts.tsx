/** Edits of documents that are gone: their texts are nowhere else, so they are shown until a person drops them. */
import type { ReactNode } from "react";
import { Button } from "../../controls/button.tsx";
import { Card } from "../../run/card.tsx";
import { useDesign, useView } from "../state/design-context.tsx";

export function LostDrafts(): ReactNode {
  const { documents } = useView();
  const { state, draft: keep } = useDesign();
  const paths = new Set(documents.map(({ path }) => path));
  return state.drafts
    .filter(({ path }) => !paths.has(path))
    .map(({ path, text }) => (
      <Card key={path} title="A document that you edited is gone" icon="warning" tone="wait" aside={path}>
        <p>Your text was not saved. It stands here until you drop it, and it can be saved when the document is back.</p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className="output document-source" tabIndex={0}>
          {text}
        </pre>
        <div className="buttons">
          <Button onPress={() => keep(path, "", null)} label={`Drop your edit of ${path}`}>
            Drop
          </Button>
        </div>
      </Card>
    ));
}
