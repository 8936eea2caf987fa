import type { ReactNode } from "react";
import type {} from "./elements.ts";

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: "primary" | "secondary" | "icon";
  readonly disabled?: boolean;
  /** Says more than the text does, or replaces it where there is only an icon. */
  readonly label?: string;
}

export function Button({ children, onPress, look = "secondary", disabled = false, label }: ButtonProps): ReactNode {
  return (
    <vscode-button
      appearance={look}
      disabled={disabled}
      onClick={() => !disabled && onPress()}
      {...(label === undefined ? {} : { "aria-label": label, title: label })}
    >
      {children}
    </vscode-button>
  );
}
