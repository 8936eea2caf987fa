import type { ReactNode } from "react";
import type {} from "./elements.ts";

export function ProgressRing({ label }: { readonly label: string }): ReactNode {
  return <vscode-progress-ring aria-label={label} />;
}
