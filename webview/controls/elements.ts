/** Registers the toolkit's custom elements, and gives JSX their types. Imported once, by main.tsx. */
import {
  type Button,
  provideVSCodeDesignSystem,
  type TextArea,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextArea,
} from "@vscode/webview-ui-toolkit";
import type { HTMLAttributes, Ref } from "react";

interface ElementAttributes<Element> extends HTMLAttributes<Element> {
  readonly ref?: Ref<Element>;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "vscode-button": ElementAttributes<Button> & {
        readonly appearance?: "primary" | "secondary" | "icon";
        readonly disabled?: boolean;
      };
      "vscode-text-area": ElementAttributes<TextArea> & {
        readonly value?: string;
        readonly rows?: number;
        readonly placeholder?: string;
        readonly disabled?: boolean;
        readonly maxlength?: number;
      };
      "vscode-progress-ring": ElementAttributes<HTMLElement>;
    }
  }
}

export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextArea(), vsCodeProgressRing());
}
